package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads what is committed, beside the writer, in pages. Blocks; thread-safe. Fails with {@link LedgerUnavailable}. */
public final class History {

    private static final int PAGE = 500;
    private static final String SPENDING = "SELECT spending_id, scope, pipeline, tenant, model, period, period_key, spent_usd, held_usd, reserved_usd FROM spending";

    /** A cost event. @param lookedUp whether it is the second one of its call */
    public record Event(UUID claim, boolean lookedUp, byte[] json) {

        /** Before all others. */
        public static final Event NONE = new Event(new UUID(0, 0), false, null);

        private static Event of(ResultSet row) throws SQLException {
            return new Event(SqlSession.id(row, "claim_id"), row.getBoolean("looked_up"), row.getBytes("json"));
        }
    }

    private final Database database;
    private final Supplier<Limits> limits;

    /** @param limits of the settings */
    History(Database database, Supplier<Limits> limits) {
        this.database = database;
        this.limits = limits;
    }

    /** Every answer and dead letter of a job, in the order in which they were finished. */
    public void forEachFinished(String job, Consumer<FinishedWork> consumer) {
        FinishedWork last = new FinishedWork(new WorkId(""), null, null, false, null, Instant.EPOCH);
        for (List<FinishedWork> page; !(page = page(job, last)).isEmpty(); last = page.get(page.size() - 1)) {
            page.forEach(consumer);
        }
    }

    private List<FinishedWork> page(String job, FinishedWork after) {
        return database.read(tx -> tx.list("SELECT work_id, prompt_id, identity, state, json, finished_at FROM works w LEFT JOIN answers a"
                + " ON a.answer_id = w.answer_id WHERE job = ? AND (finished_at, work_id) > (?, ?) AND state IN ('answered', 'dead')"
                + " ORDER BY finished_at, work_id LIMIT ?",
                row -> new FinishedWork(new WorkId(row.getString("work_id")), row.getString("prompt_id"), row.getString("identity"),
                        row.getString("state").equals(WorkRow.ANSWERED), row.getBytes("json"), SqlSession.instant(row, "finished_at")), job, after.finishedAt(), after.id().hex(), PAGE));
    }

    /** Whether the work was answered (true) or is a dead letter of the job (false); empty where neither is known. */
    public Optional<Boolean> ended(WorkId work, String job) {
        return database.read(tx -> tx.list("SELECT state FROM works WHERE work_id = ? AND (state LIKE '%answered' OR state LIKE '%dead' AND job = ?)",
                row -> row.getString("state").endsWith(WorkRow.ANSWERED), work.hex(), job)).stream().findFirst();
    }

    /** The cost events of a work's calls, in their order. */
    public List<byte[]> eventsOf(WorkId work) {
        return database.read(tx -> tx.list("SELECT json FROM claims c JOIN events e ON e.claim_id = c.claim_id WHERE work_id = ?"
                + " ORDER BY c.claim_id, looked_up", row -> row.getBytes("json"), work.hex()));
    }

    /** The answer to a question, newer than {@code since}; null where there is none. */
    public CachedAnswer cached(String key, Instant since) {
        return database.read(tx -> CachedAnswer.read(tx, key, since));
    }

    /** Every cost event of a job, in the order of the claims. */
    public void events(String job, Consumer<byte[]> consumer) {
        List<Event> page;
        for (Event last = Event.NONE; !(page = eventsAfter(job, last)).isEmpty(); last = page.get(page.size() - 1)) {
            page.forEach(event -> consumer.accept(event.json()));
        }
    }

    private List<Event> eventsAfter(String job, Event last) {
        return database.read(tx -> tx.list("SELECT e.claim_id, looked_up, json FROM claims c JOIN events e ON e.claim_id = c.claim_id"
                + " WHERE c.claim_id >= ? AND (e.claim_id, looked_up) > (?, ?) AND job = ? ORDER BY e.claim_id, looked_up LIMIT ?",
                Event::of, last.claim(), last.claim(), last.lookedUp(), job, PAGE));
    }

    /** Cost events, of calls that were claimed before, that nobody has sent: some of them, behind {@code last}, in the order of the claims. */
    public List<Event> unsent(Event last, Instant before, int most) {
        return database.read(tx -> tx.list("SELECT claim_id, looked_up, json FROM events WHERE published_at IS NULL AND (claim_id, looked_up) > (?, ?) AND claim_id < ?"
                + " ORDER BY claim_id, looked_up LIMIT ?", Event::of, last.claim(), last.lookedUp(), ClaimIds.first(before), most));
    }

    /** Whether any answer or dead letter of the job is kept, or one of another job was published for it. */
    public boolean knows(String job) {
        return database.read(tx -> tx.list("SELECT EXISTS (SELECT 1 FROM works WHERE job = ? AND state <> 'open') OR EXISTS (SELECT 1 FROM figures"
                + " WHERE kind = 'job' AND name = ? AND reused > 0)", row -> row.getBoolean(1), job, job)).get(0);
    }

    /** Calls of these jobs that are over, whose cost is not known and whose generation id is: they can be looked up. Latest first. */
    public List<OpenClaim> unresolved(Collection<String> jobs, Instant since, int most) {
        return database.read(tx -> tx.list(Claims.CALLED + "WHERE c.state <> 'open' AND c.cost_usd IS NULL AND c.generation_id IS NOT NULL"
                + " AND c.job = ANY(?) AND c.claimed_at >= ? ORDER BY c.claim_id DESC LIMIT ?", row -> Claims.called(row).claim(), jobs, since, most));
    }

    /** How much of each budget is gone, every scope and period that was ever charged. */
    public List<BudgetState> budgets() {
        return budgets("");
    }

    /** The same of a day (UTC) and its month alone. */
    public List<BudgetState> budgets(LocalDate day) {
        return budgets(" WHERE period = 'day' AND period_key = ? OR period = 'month' AND period_key = ?", day.toString(), YearMonth.from(day).toString());
    }

    private List<BudgetState> budgets(String where, Object... values) {
        return database.read(tx -> {
            Limits now = limits.get().under(Limits.stored(tx));
            return tx.list(SPENDING + where + " ORDER BY spending_id", row -> state(row, now), values);
        });
    }

    /** What is gone now of each limit that names whom it is for; not of those for each pipeline, tenant or model, which may be thousands. */
    public List<BudgetState> current(LocalDate day) {
        return database.read(tx -> {
            Limits now = limits.get().under(Limits.stored(tx));
            Map<String, BudgetState> states = new TreeMap<>();
            now.limits().stream().map(limit -> BudgetKey.of(limit, day.toString())).filter(Objects::nonNull)
                    .forEach(key -> states.put(key.id(), state(key, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, now)));
            tx.list(SPENDING + " WHERE spending_id = ANY(?)", row -> states.put(row.getString("spending_id"), state(row, now)), states.keySet());
            return List.copyOf(states.values());
        });
    }

    private static BudgetState state(ResultSet row, Limits limits) throws SQLException {
        BudgetKey key = new BudgetKey(Scope.valueOf(row.getString("scope").toUpperCase(Locale.ROOT)), row.getString("pipeline"), row.getString("tenant"),
                row.getString("model"), Period.valueOf(row.getString("period").toUpperCase(Locale.ROOT)), row.getString("period_key"), row.getString("spending_id"));
        return state(key, SqlSession.usd(row, "spent_usd"), SqlSession.usd(row, "held_usd"), SqlSession.usd(row, "reserved_usd"), limits);
    }

    private static BudgetState state(BudgetKey key, BigDecimal spent, BigDecimal held, BigDecimal reserved, Limits limits) {
        Limit limit = limits.of(key);
        return new BudgetState(key.scope(), key.pipeline(), key.tenant(), key.model(), key.period(), key.periodKey(), spent, held, reserved,
                limit == null ? null : limit.usd());
    }

    /** The limits that tenants' rows set. */
    public List<Limit> tenantLimits() {
        return database.read(Limits::stored);
    }
}
