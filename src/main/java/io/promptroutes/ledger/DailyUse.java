package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * What some calls of a day came to that were or may have been billed; several may have all names alike. Immutable.
 *
 * @param day          (UTC) of the calls' claims
 * @param model        that answered, else that was called; {@code other} beyond the most rows of a day, as are the next ones
 * @param tier         at which they were served, in the words of the service; null where nobody says
 * @param provider     that served them, as the answer names it; null where it names none
 * @param source       where the cost comes from; {@link #UNKNOWN} where it is not known
 * @param calls        below 0 where others of that day are taken back
 * @param uncertainUsd reserved by those of unknown cost
 */
public record DailyUse(LocalDate day, String model, String tenant, String pipeline, String tier, String provider, String source, long calls, BigDecimal usd,
        BigDecimal uncertainUsd, long tokensIn, long tokensOut) {

    /** The source of no cost: whoever calls is not told it, or has died. */
    public static final String UNKNOWN = "unknown";
    /** That of a call that is not over, nor known to be: what is reserved for it is uncertain. */
    public static final String RUNNING = "running";

    static List<DailyUse> read(SqlSession tx, LocalDate since) throws SQLException {
        tx.snapshot();
        List<DailyUse> uses = new ArrayList<>();
        for (CallFacts call : Claims.running(tx)) {
            if (call.day().compareTo(since.toString()) >= 0) {
                uses.add(new DailyUse(LocalDate.parse(call.day()), call.model(), call.tenant(), call.pipeline(), call.tier(), null, RUNNING, 1, BigDecimal.ZERO, call.reserved(), 0, 0));
            }
        }
        uses.addAll(tx.list("SELECT figure_day, COALESCE(served_model, model) AS used_model, tenant, pipeline, tier, provider, cost_source, calls, cost_usd, uncertain_usd,"
                + " prompt_tokens, completion_tokens FROM figures WHERE kind = ? AND figure_day >= ? AND cost_source NOT IN ('not billed', 'reused')",
                row -> new DailyUse(LocalDate.parse(row.getString("figure_day")), row.getString("used_model"), row.getString("tenant"), row.getString("pipeline"),
                        row.getString("tier"), row.getString("provider"), row.getString("cost_source"), row.getLong("calls"), SqlSession.usd(row, "cost_usd"),
                        SqlSession.usd(row, "uncertain_usd"), row.getLong("prompt_tokens"), row.getLong("completion_tokens")),
                FigureKey.Kind.CALLS, since.toString()));
        return uses;
    }

    /** USD of calls that were claimed in a day's last minutes, and may be another day's to whoever served them. @param from the first of these minutes, such as {@code 23:50} */
    static List<DayEnd> ends(SqlSession tx, LocalDate since, String from) throws SQLException {
        return tx.list("SELECT figure_day, cost_usd, uncertain_usd FROM figures WHERE kind = ? AND figure_day >= ? AND name >= figure_day || ?",
                row -> new DayEnd(LocalDate.parse(row.getString("figure_day")), SqlSession.usd(row, "cost_usd").add(SqlSession.usd(row, "uncertain_usd"))),
                FigureKey.Kind.MINUTE, since.toString(), "T" + from);
    }

    /** Of some of a day's last minutes; a day may have several. */
    public record DayEnd(LocalDate day, BigDecimal usd) {
    }
}
