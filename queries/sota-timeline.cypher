// State of the art over time
// Each result that was better than every one before it on its board (one dataset, metric, setting and unit), in order of
// publication. A paper that is known by year or month only counts from the beginning of that year or month.
// param: dataset | dataset | | Name or alias of a dataset or benchmark
// param: metric | metric | "" | Only this metric; "" for every one
// column: dataset | string | The dataset or benchmark
// column: metric | string | The metric
// column: setting | string | The setting in which it was measured (zero-shot, 5-shot)
// column: unit | string | The unit; "" for a plain number
// column: published | string | When the paper was published
// column: method | string | The method
// column: value | decimal | The value
// column: bound | string | exact, at_least, at_most or about
// column: valueText | string | The value as printed
// column: paper | string | The paper's id
// column: title | string | The paper's title
// column: evidence | string | The sentence that states the result
// column: result | string | The result's id
MATCH (p:Paper)-[:REPORTS]->(r:Result)-[:`ON`]->(d:Dataset|Benchmark)
WHERE (d.name = $dataset OR $dataset IN d.aliases) AND r.rankable AND p.published IS NOT NULL
MATCH (m:Method)<-[:OF_METHOD]-(r)-[:MEASURES]->(q:Metric)
WHERE $metric = '' OR q.name = $metric OR $metric IN q.aliases
OPTIONAL MATCH (other:Paper)-[:REPORTS]->(o:Result)
WHERE o.rankable AND o.board = r.board
  AND ((other.published < p.published AND o.orderKey >= r.orderKey)
    OR (other.published = p.published
      AND (o.orderKey > r.orderKey OR (o.orderKey = r.orderKey AND o.id < r.id))))
WITH p, r, d, q, m, count(o) AS before
WHERE before = 0
RETURN d.name AS dataset, q.name AS metric, r.setting AS setting, r.unit AS unit, p.published AS published,
       m.name AS method, r.value AS value, r.bound AS bound, r.valueText AS valueText,
       p.id AS paper, p.title AS title, r.evidence AS evidence, r.id AS result
ORDER BY r.board, p.published, r.id;
