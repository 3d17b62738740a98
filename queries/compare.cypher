// Two methods side by side
// Every pair of their absolute values on one board, the changes and ratios of one against the other, and the sentences
// that say which is better.
// param: method | method | | Name or alias of the first method
// param: other | method | | Name or alias of the second method
// column: what | string | same board, change, ratio or claim
// column: better | string | The better of the two, "equal", or null where the metric's direction is unknown
// column: dataset | string | The dataset or benchmark
// column: metric | string | The metric
// column: setting | string | The setting
// column: unit | string | The unit; "" for a plain number
// column: value | decimal | The first method's value, or what it changes against the second
// column: bound | string | exact, at_least, at_most or about
// column: paper | string | The paper that says so
// column: evidence | string | The sentence that says so
// column: otherValue | decimal | The second method's value, or what it changes against the first
// column: otherBound | string | Its bound
// column: otherPaper | string | The paper that says so
// column: otherEvidence | string | The sentence that says so
// column: id | string | Id of the first method's result or comparison
// column: otherId | string | Id of the second method's result or comparison
MATCH (a:Method) WHERE a.name = $method OR $method IN a.aliases
MATCH (b:Method) WHERE (b.name = $other OR $other IN b.aliases) AND b.id <> a.id
UNWIND [1, 2, 3, 4, 5] AS place
OPTIONAL MATCH (a)<-[:OF_METHOD]-(x1:Result) WHERE place = 1 AND x1.kind = 'absolute'
OPTIONAL MATCH (b)<-[:OF_METHOD]-(y1:Result) WHERE y1.kind = 'absolute' AND y1.board = x1.board
OPTIONAL MATCH (a)<-[:OF_METHOD]-(x2:Result)-[:AGAINST]->(b) WHERE place = 2
OPTIONAL MATCH (b)<-[:OF_METHOD]-(y3:Result)-[:AGAINST]->(a) WHERE place = 3
OPTIONAL MATCH (a)-[c4:OUTPERFORMS]->(b) WHERE place = 4
OPTIONAL MATCH (b)-[c5:OUTPERFORMS]->(a) WHERE place = 5
WITH place, a, b, c4, c5, coalesce(x1.id, x2.id) AS firstId, coalesce(y1.id, y3.id) AS secondId,
     coalesce(c4.dataset, c5.dataset) AS datasetId, coalesce(c4.metric, c5.metric) AS metricId,
     coalesce(y1.id, x2.id, y3.id, c4.id, c5.id) AS found
WHERE found IS NOT NULL
OPTIONAL MATCH (xp:Paper)-[:REPORTS]->(x:Result) WHERE x.id = firstId
OPTIONAL MATCH (yp:Paper)-[:REPORTS]->(y:Result) WHERE y.id = secondId
OPTIONAL MATCH (x)-[:`ON`]->(xd:Dataset|Benchmark)
OPTIONAL MATCH (y)-[:`ON`]->(yd:Dataset|Benchmark)
OPTIONAL MATCH (cd:Dataset|Benchmark) WHERE cd.id = datasetId
OPTIONAL MATCH (x)-[:MEASURES]->(xq:Metric)
OPTIONAL MATCH (y)-[:MEASURES]->(yq:Metric)
OPTIONAL MATCH (cq:Metric) WHERE cq.id = metricId
WITH place, a.name AS one, b.name AS two, x, y, xp, yp, c4, c5, coalesce(xd.name, yd.name, cd.name) AS datasetName,
     coalesce(xq.name, yq.name, cq.name) AS metricName, coalesce(xq.direction, yq.direction) AS sense,
     coalesce(x.direction, y.direction) AS moved, coalesce(x.setting, y.setting) AS condition,
     coalesce(x.unit, y.unit) AS scale, coalesce(x.id, c4.id) AS key, coalesce(y.id, c5.id) AS otherKey
WITH place, one, two, x, y, xp, yp, c4, c5, datasetName, metricName, condition, scale, key, otherKey,
     CASE WHEN (sense = 'higher' AND moved = 'increase') OR (sense = 'lower' AND moved = 'decrease') THEN 1
          WHEN (sense = 'higher' AND moved = 'decrease') OR (sense = 'lower' AND moved = 'increase') THEN 2
          ELSE 0 END AS gain
RETURN CASE place WHEN 1 THEN 'same board' WHEN 2 THEN x.kind WHEN 3 THEN y.kind ELSE 'claim' END AS what,
       CASE WHEN place = 1 AND x.orderKey > y.orderKey THEN one
            WHEN place = 1 AND x.orderKey < y.orderKey THEN two
            WHEN place = 1 AND x.orderKey = y.orderKey THEN 'equal'
            WHEN (place = 2 AND gain = 1) OR (place = 3 AND gain = 2) OR place = 4 THEN one
            WHEN (place = 2 AND gain = 2) OR (place = 3 AND gain = 1) OR place = 5 THEN two END AS better,
       datasetName AS dataset, metricName AS metric, condition AS setting, scale AS unit,
       x.value AS value, x.bound AS bound, coalesce(xp.id, c4.paperId) AS paper,
       coalesce(x.evidence, c4.evidence) AS evidence,
       y.value AS otherValue, y.bound AS otherBound, coalesce(yp.id, c5.paperId) AS otherPaper,
       coalesce(y.evidence, c5.evidence) AS otherEvidence, key AS id, otherKey AS otherId
ORDER BY place, coalesce(datasetName, '~'), coalesce(metricName, '~'), coalesce(condition, ''), coalesce(scale, ''),
         coalesce(key, ''), coalesce(otherKey, '');
