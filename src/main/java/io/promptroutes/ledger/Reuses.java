package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The table of reuses: a row for each day, job, tenant, task and model. Stateless. */
final class Reuses {

    private record Sum(Op.Reuse first, long times, BigDecimal saved) {

        static Sum of(Sum sum, Op.Reuse op) {
            return sum == null ? new Sum(op, 1, op.saved) : new Sum(sum.first, sum.times + 1, sum.saved.add(op.saved));
        }
    }

    private Reuses() {
    }

    static void add(Tx tx, List<Op.Reuse> ops, String day) throws SQLException {
        TreeMap<String, Sum> sums = new TreeMap<>();
        for (Op.Reuse op : ops) {
            sums.compute(id(op, day), (id, sum) -> Sum.of(sum, op));
        }
        List<Object[]> rows = new ArrayList<>();
        List<Object[]> additions = new ArrayList<>();
        sums.forEach((id, sum) -> {
            Work work = sum.first().work;
            rows.add(new Object[] {id, day, work.job(), work.tenant(), work.task(), sum.first().model});
            additions.add(new Object[] {sum.times(), sum.saved(), id});
        });
        tx.batch("INSERT INTO reuses (reuse_id, used_day, job, tenant, task, model, times, saved_usd) VALUES (?, ?, ?, ?, ?, ?, 0, 0)"
                + " ON CONFLICT DO NOTHING", rows);
        tx.batch("UPDATE reuses SET times = times + ?, saved_usd = saved_usd + ? WHERE reuse_id = ?", additions);
    }

    private static String id(Op.Reuse op, String day) {
        byte[] rest = (op.work.task() + "\n" + op.model).getBytes(StandardCharsets.UTF_8);
        return WorkId.of(day, op.work.tenant(), op.work.job(), rest).hex();
    }
}
