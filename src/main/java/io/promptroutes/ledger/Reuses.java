package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The table of reuses: a row for each day, job, tenant, task and model. Stateless. */
final class Reuses {

    private Reuses() {
    }

    static void add(SqlSession tx, List<Operation.Reuse> ops, String day) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        List<Object[]> additions = new ArrayList<>();
        ops.stream().collect(Collectors.groupingBy(op -> id(op, day), TreeMap::new, Collectors.toList())).forEach((id, same) -> {
            Work work = same.get(0).work();
            rows.add(new Object[] {id, day, work.job(), work.tenant(), work.task(), same.get(0).model()});
            additions.add(new Object[] {same.size(), same.stream().map(Operation.Reuse::saved).reduce(BigDecimal.ZERO, BigDecimal::add), id});
        });
        tx.batch("INSERT INTO reuses (reuse_id, used_day, job, tenant, task, model, times, saved_usd) VALUES (?, ?, ?, ?, ?, ?, 0, 0)"
                + " ON CONFLICT DO NOTHING", rows);
        tx.batch("UPDATE reuses SET times = times + ?, saved_usd = saved_usd + ? WHERE reuse_id = ?", additions);
    }

    private static String id(Operation.Reuse op, String day) {
        byte[] rest = (op.work().task() + "\n" + op.model()).getBytes(StandardCharsets.UTF_8);
        return WorkId.of(day, op.work().tenant(), op.work().job(), rest).hex();
    }
}
