/** Passages of the kind that people copy, in several languages: at least eighteen lines that do something. */
export const VALIDATE = `  const problems = [];
  if (typeof body.name !== 'string' || body.name.trim() === '') problems.push('name is missing');
  if (body.name !== undefined && body.name.length > 200) problems.push('name is too long');
  if (!/^[^@]+@[^@]+$/.test(body.mail ?? '')) problems.push('mail is no address');
  if (body.country !== undefined && !countries.has(body.country)) problems.push('country is unknown');
  if (body.age !== undefined) {
    const age = Number(body.age);
    if (!Number.isInteger(age)) problems.push('age is no number');
    else if (age < 16) problems.push('age is below 16');
    else if (age > 130) problems.push('age is above 130');
  }
  for (const address of body.addresses ?? []) {
    if (!address.street) problems.push('street is missing');
    if (!address.city) problems.push('city is missing');
    if (address.zip && !/^\\d{4,6}$/.test(address.zip)) problems.push('zip is wrong');
  }
  if (body.mail !== undefined && (await store.hasMail(body.mail))) {
    problems.push('mail is taken');
  }
  if (body.language !== undefined && body.language.length !== 2) {
    problems.push('language has two letters');
  }
  if (problems.length > 0) {
    log.warn({ problems, from: request.ip }, 'refused');
    response.status(422);
    response.json({ problems });
    return;
  }
  const saved = await store.save({ ...body, name: body.name.trim(), changedAt: clock.now() });
`;

export const LAYOUT = `  let [x, y, height] = [0, 0, 0];
  for (const box of boxes) {
    const width = Math.min(box.width, limit);
    if (x + width > limit) {
      x = 0;
      y += height + gap;
      height = 0;
    }
    box.left = x;
    box.top = y;
    box.right = x + width;
    box.bottom = y + box.height;
    x += width + gap;
    height = Math.max(height, box.height);
    if (box.isPinned) {
      box.left = Math.max(0, box.pin.left - offset.left);
      box.top = Math.max(0, box.pin.top - offset.top);
      x = box.left + width + gap;
    }
    if (box.isDragged) {
      canvas.globalAlpha = 0.4;
      canvas.fillRect(box.left, box.top, width, box.height);
    } else if (box.isSelected) {
      canvas.lineWidth = 3;
    }
    drawn.add(box.id);
    canvas.strokeRect(box.left, box.top, width, box.height);
  }
`;

export const IMPORT_ROWS = `    rows = []
    errors = []
    with open(path, newline="", encoding="utf-8") as source:
        reader = csv.DictReader(source, delimiter=delimiter)
        for number, row in enumerate(reader, start=2):
            row = {key.strip().lower(): value.strip() for key, value in row.items() if key}
            if not any(row.values()):
                continue
            missing = [name for name in required if not row.get(name)]
            if missing:
                errors.append((number, "missing: " + ", ".join(missing)))
                continue
            try:
                amount = Decimal(row["amount"].replace(",", "."))
                day = datetime.strptime(row["day"], "%d.%m.%Y").date()
            except (InvalidOperation, ValueError) as error:
                errors.append((number, str(error)))
                continue
            if amount < 0 and not allow_negative:
                errors.append((number, "amount is negative"))
                continue
            rows.append(Row(number=number, day=day, amount=amount, text=row.get("text", "")))
    if errors:
        raise ImportFailed(path, errors)
    rows.sort(key=lambda row: row.day)
`;

export const GO_RETRY = `	var last error
	wait := 100 * time.Millisecond
	if attempts < 1 {
		attempts = 3
	}
	if len(body) > c.limit {
		return nil, fmt.Errorf("%d bytes are too many", len(body))
	}
	for attempt := 1; attempt <= attempts; attempt++ {
		request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("make request: %w", err)
		}
		request.Header.Set("Authorization", "Bearer "+c.token)
		request.Header.Set("Content-Type", "application/json")
		response, err := c.http.Do(request)
		if err == nil && response.StatusCode < 500 {
			return response, nil
		}
		if err == nil {
			response.Body.Close()
			err = fmt.Errorf("status %d", response.StatusCode)
		}
		last = err
		c.log.Printf("attempt %d of %d: %v", attempt, attempts, err)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
			wait *= 2
		}
	}
`;

export const JAVA_EXPORT = `        try (Workbook workbook = new XSSFWorkbook()) {
            Sheet sheet = workbook.createSheet(title);
            Row head = sheet.createRow(0);
            for (int column = 0; column < names.size(); column++) {
                Cell cell = head.createCell(column);
                cell.setCellValue(names.get(column));
                cell.setCellStyle(styles.head(workbook));
            }
            int line = 1;
            for (Map<String, Object> values : data) {
                Row row = sheet.createRow(line++);
                for (int column = 0; column < names.size(); column++) {
                    Object value = values.get(names.get(column));
                    Cell cell = row.createCell(column);
                    if (value instanceof Number number) {
                        cell.setCellValue(number.doubleValue());
                    } else if (value instanceof LocalDate day) {
                        cell.setCellValue(day);
                        cell.setCellStyle(styles.day(workbook));
                    } else if (value != null) {
                        cell.setCellValue(value.toString());
                    }
                }
            }
            sheet.createFreezePane(0, 1);
            workbook.write(target);
        }
`;

export const PHP_LIST = `    $page = max(1, (int) ($query['page'] ?? 1));
    $size = min(100, max(10, (int) ($query['size'] ?? 25)));
    $order = in_array($query['order'] ?? '', $columns, true) ? $query['order'] : 'id';
    $direction = ($query['direction'] ?? '') === 'desc' ? 'DESC' : 'ASC';
    $where = [];
    $values = [];
    foreach ($filters as $name => $column) {
        if (!isset($query[$name]) || $query[$name] === '') {
            continue;
        }
        $where[] = "$column = :$name";
        $values[$name] = $query[$name];
    }
    $count = $this->store->count($where, $values);
    $pages = max(1, (int) ceil($count / $size));
    $page = min($page, $pages);
    $rows = $this->store->page($where, $values, $order, $direction, ($page - 1) * $size, $size);
    foreach ($rows as $index => $row) {
        $rows[$index]['number'] = ($page - 1) * $size + $index + 1;
        if ($row['closed_at'] !== null) {
            $rows[$index]['state'] = 'closed';
        }
    }
    $links = ['first' => 1, 'last' => $pages];
    if ($page > 1) {
        $links['previous'] = $page - 1;
    }
    if ($page < $pages) {
        $links['next'] = $page + 1;
    }
`;
