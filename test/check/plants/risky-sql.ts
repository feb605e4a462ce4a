import { oneFilePlants } from './one-file.ts';
import type { Plant } from './plant.ts';

/** Values in the text of queries. */
export const RISKY_SQL_PLANTS: readonly Plant[] = [
  ...oneFilePlants(
    'sql-by-concatenation',
    [
      [
        'shop/orders/find-orders.ts',
        'a value of the request between quotes',
        `import type { Request, Response } from 'express';
import type { Pool } from 'pg';

export const findOrders = (pool: Pool) => async (req: Request, res: Response): Promise<void> => {
  const { rows } = await pool.query(
    \`SELECT id, total FROM orders WHERE customer = '\${req.query.customer}' ORDER BY id DESC\`,
  );
  res.json(rows);
};
`,
      ],
      [
        'shop/orders/delete-order.js',
        'put together with plus',
        `export const deleteOrder = (db) => async (req, res) => {
  const sql = "DELETE FROM orders WHERE number = '" + req.params.number + "'";
  await db.run(sql);
  res.sendStatus(204);
};
`,
      ],
      [
        'shop/orders/rename.js',
        'a name in an update',
        `export async function rename(ctx) {
  const { name } = ctx.request.body;
  await ctx.connection.execute(\`UPDATE customers SET name = '\${name}' WHERE id = 7\`);
}
`,
      ],
      [
        'shop/orders/reports.py',
        'a month in an f-string',
        `from flask import request


def monthly(cursor):
    month = request.args.get("month", "")
    cursor.execute(
        f"SELECT day, SUM(total) FROM orders WHERE month = '{month}' GROUP BY day"
    )
    return cursor.fetchall()
`,
      ],
      [
        'shop/orders/customers.go',
        'a mail address by Sprintf',
        `package orders

import (
	"database/sql"
	"fmt"
	"net/http"
)

func ByMail(db *sql.DB, r *http.Request) (*sql.Rows, error) {
	mail := r.FormValue("mail")
	return db.Query(fmt.Sprintf("SELECT id FROM customers WHERE mail = '%s'", mail))
}
`,
      ],
      [
        'shop/orders/CustomerStore.java',
        'a name with plus',
        `package shop.orders;

class CustomerStore {
    ResultSet find(Connection connection, HttpServletRequest request) throws SQLException {
        String name = request.getParameter("name");
        Statement statement = connection.createStatement();
        return statement.executeQuery("SELECT * FROM customers WHERE name = '" + name + "'");
    }
}
`,
      ],
      [
        'shop/orders/customer.php',
        'a variable inside the text',
        `<?php
function customer($db) {
    $mail = trim($_GET['mail']);
    $result = mysqli_query($db, "SELECT * FROM customers WHERE mail = '$mail'");
    return mysqli_fetch_assoc($result);
}
`,
      ],
    ],
    [
      [
        'shop/stock/rename.js',
        'a value of the program itself',
        `export function rename(connection, id, name) {
  return connection.execute(\`UPDATE stock SET name = '\${name}' WHERE id = \${id}\`);
}
`,
      ],
      [
        'shop/stock/by-number.js',
        'a number in any case',
        `export async function byNumber(req, res) {
  const number = Number(req.params.number);
  res.json(await req.db.all(\`SELECT * FROM stock WHERE number = \${number}\`));
}
`,
      ],
      [
        'shop/stock/monthly.py',
        'a month of the program itself',
        `def monthly(cursor, month):
    cursor.execute(f"SELECT day FROM stock WHERE month = '{month}'")
    return cursor.fetchall()
`,
      ],
      [
        'shop/stock/find-stock.ts',
        'a parameter',
        `import type { Pool } from 'pg';

export const findStock = (pool: Pool, article: string): Promise<unknown> =>
  pool.query('SELECT amount FROM stock WHERE article = $1', [article]);
`,
      ],
      [
        'shop/stock/tagged.ts',
        'a tag that makes parameters',
        `import type { Sql } from 'postgres';

export const amountOf = (sql: Sql, article: string): Promise<unknown> =>
  sql\`SELECT amount FROM stock WHERE article = \${article}\`;
`,
      ],
      [
        'shop/stock/columns.js',
        'names of columns of a fixed list',
        `const COLUMNS = ['article', 'amount'].join(', ');

export function all(db) {
  return db.all(\`SELECT \${COLUMNS} FROM stock\`);
}
`,
      ],
      [
        'shop/stock/many.js',
        'only signs for parameters',
        `export function findMany(db, articles) {
  const placeholders = articles.map(() => '?').join(', ');
  return db.all(\`SELECT * FROM stock WHERE article IN (\${placeholders})\`, articles);
}
`,
      ],
      [
        'shop/stock/log.js',
        'a sentence for people',
        `export function note(log, user, list) {
  log.info(\`Select one from the list where name = \${user.name}: \${list.length}\`);
  return log.query(\`update available: set by \${user.name}\`);
}
`,
      ],
      [
        'shop/stock/stock.py',
        'parameters of the driver',
        `def amount(cursor, article):
    cursor.execute("SELECT amount FROM stock WHERE article = %s", (article,))
    return cursor.fetchone()
`,
      ],
      [
        'shop/stock/stock_test.go',
        'a test that fills its database',
        `package stock

import (
	"fmt"
	"testing"
)

func fill(t *testing.T, name string) {
	_, err := db.Exec(fmt.Sprintf("INSERT INTO stock VALUES ('%s', 3)", name))
	if err != nil {
		t.Fatal(err)
	}
}
`,
      ],
      [
        'vendor/orm/query.php',
        "other people's code",
        `<?php
function find($db, $name) {
    return $db->query("SELECT * FROM things WHERE name = '$name'");
}
`,
      ],
      [
        'shop/stock/old/by-name.js',
        'in code that is kept and not used',
        `export const byName = (db) => (req) => db.all(\`SELECT * FROM stock WHERE article = '\${req.query.name}'\`);
`,
      ],
    ],
  ),
];
