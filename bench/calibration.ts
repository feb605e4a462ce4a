/** Measures the voters of a check on planted repositories and writes `docs/calibration.md`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureAll } from '../test/check/calibration/measure.ts';
import { calibrationPage } from '../test/check/calibration/page.ts';
import { allPlants } from '../test/check/calibration/plants-of-all.ts';

const path = join(import.meta.dirname, '..', 'docs', 'calibration.md');
writeFileSync(path, calibrationPage(await measureAll(await allPlants())));
console.log('docs/calibration.md is written.');
