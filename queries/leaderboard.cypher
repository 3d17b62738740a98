// Leaderboard
// The boards of a dataset or benchmark: absolute results of one dataset, metric, setting and unit, best first, the board
// with most results first. After them every result that could not be ranked, and why.
// param: dataset | dataset | | Name or alias of a dataset or benchmark
// param: metric | metric | "" | Only this metric; "" for every one
// param: asOf | date | "" | Only papers published up to this date; "" for all
// column: dataset | string | The dataset or benchmark
// column: metric | string | The metric
// column: setting | string | The setting in which it was measured (zero-shot, 5-shot)
// column: unit | string | The unit; "" for a plain number
// column: rank | integer | Place on the board, equal values sharing one; null if not ranked
// column: of | integer | How many results the board ranks
// column: method | string | The method
// column: value | decimal | The value
// column: bound | string | exact, at_least, at_most or about
// column: valueText | string | The value as printed
// column: paper | string | The paper's id
// column: title | string | The paper's title
// column: published | string | When it was published
// column: evidence | string | The sentence that states the result
// column: why | string | Why it is not ranked
// column: result | string | The result's id
MATCH (p:Paper)-[:REPORTS]->(r:Result)-[:`ON`]->(d:Dataset|Benchmark)
WHERE (d.name = $dataset OR $dataset IN d.aliases)
  // "~" comes after every character of a date, so that 2025-03 includes all of March.
  AND ($asOf = '' OR p.published <= $asOf + '~')
OPTIONAL MATCH (r)-[:MEASURES]->(q:Metric)
WITH p, r, d, q
WHERE $metric = '' OR q.name = $metric OR $metric IN q.aliases
OPTIONAL MATCH (r)-[:OF_METHOD]->(m:Method)
OPTIONAL MATCH (other:Paper)-[:REPORTS]->(o:Result)
WHERE r.rankable AND o.rankable AND o.board = r.board
  AND ($asOf = '' OR other.published <= $asOf + '~')
WITH p, r, d, q, m, count(o) AS ranked, count(CASE WHEN o.orderKey > r.orderKey THEN 1 END) AS better
WITH p, r, d, q, m,
     CASE WHEN ranked > 0 THEN ranked END AS size,
     CASE WHEN ranked > 0 THEN better + 1 END AS place
RETURN d.name AS dataset, q.name AS metric, r.setting AS setting, r.unit AS unit, place AS rank, size AS of,
       m.name AS method, r.value AS value, r.bound AS bound, r.valueText AS valueText,
       p.id AS paper, p.title AS title, p.published AS published, r.evidence AS evidence,
       r.excluded AS why, r.id AS result
ORDER BY coalesce(size, 0) DESC, coalesce(r.board, ''), coalesce(place, 0), coalesce(p.published, '~'), r.id;
