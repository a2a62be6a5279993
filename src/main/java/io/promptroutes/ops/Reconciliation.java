package io.promptroutes.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.promptroutes.ledger.DailyUse;
import io.promptroutes.model.Usd;
import io.promptroutes.ops.ReconciledDay.Kind;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The ledger beside what OpenRouter lists ({@code GET /activity}), by finished day and model, with each difference taken apart into what explains it. Confined to one thread.
 */
public final class Reconciliation {

    /** Days that are asked of the ledger in front of the first one: a batch is billed when it ends. */
    public static final int BATCH_DAYS = 5;
    /** OpenRouter lists so many finished days. */
    public static final int DAYS = 30;

    /** A difference, or a part of one. Amounts are USD; {@code part} is above 0 where OpenRouter has more. */
    public record Difference(@JsonSerialize(using = ToStringSerializer.class) LocalDate day, String model, @JsonProperty("ledger_usd") BigDecimal ledger,
            @JsonProperty("openrouter_usd") BigDecimal openRouter, @JsonProperty("difference_usd") BigDecimal part, String kind, String why) {

        public boolean unexplained() {
            return kind.equals(Kind.UNEXPLAINED.toString());
        }
    }

    private final LocalDate from;
    private final LocalDate to;
    private final UnaryOperator<String> names;
    private final Map<String, TreeMap<LocalDate, ReconciledDay>> models = new TreeMap<>();
    private final Map<LocalDate, BigDecimal> dayEnds = new HashMap<>();

    /**
     * @param from  the first day; to, the last finished one
     * @param names what models are called here, whatever name they are listed by
     */
    public Reconciliation(LocalDate from, LocalDate to, UnaryOperator<String> names) {
        this.from = from;
        this.to = to;
        this.names = names;
    }

    /** @param uses from {@link #BATCH_DAYS} before the first day on @param ends of days, in which a call may become the next day's */
    public void ledger(List<DailyUse> uses, List<DailyUse.DayEnd> ends) {
        uses.stream().filter(use -> !use.day().isAfter(to)).forEach(use -> on(use.day(), use.model()).add(use));
        ends.forEach(end -> dayEnds.merge(end.day(), end.usd(), BigDecimal::add));
    }

    /** @param activity the body of {@code GET /activity}. Returns how many of its rows cannot be read */
    public int openRouter(JsonNode activity) {
        int unreadable = 0;
        for (JsonNode row : activity.path("data")) {
            BigDecimal usage = Json.number(row.path("usage"));
            BigDecimal byok = Json.number(row.path("byok_usage_inference"));
            LocalDate day = day(row.path("date").asText());
            if (day == null || usage == null || !Usd.plausible(usage)) {
                unreadable++;
            } else if (!day.isBefore(from) && !day.isAfter(to)) {
                String model = row.path(row.hasNonNull("model_permaslug") ? "model_permaslug" : "model").asText();
                on(day, model).list(usage, byok == null ? BigDecimal.ZERO : byok, row.path("requests").asLong());
            }
        }
        return unreadable;
    }

    private static LocalDate day(String date) {
        try {
            return LocalDate.parse(date.substring(0, Math.min(date.length(), "2026-11-22".length())));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private ReconciledDay on(LocalDate day, String model) {
        return models.computeIfAbsent(names.apply(model), name -> new TreeMap<>()).computeIfAbsent(day, key -> new ReconciledDay());
    }

    /** USD of the days that are compared. */
    public BigDecimal ledgerUsd() {
        return sum(ReconciledDay::usd);
    }

    /** The same. */
    public BigDecimal openRouterUsd() {
        return sum(ReconciledDay::listed);
    }

    private BigDecimal sum(Function<ReconciledDay, BigDecimal> of) {
        return models.values().stream().flatMap(days -> days.tailMap(from).values().stream()).map(of).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** By day, then model; empty where both say the same. To be asked for once. */
    public List<Difference> differences() {
        List<Difference> all = new ArrayList<>();
        models.forEach((model, days) -> {
            days.forEach((day, both) -> both.compare(!day.isBefore(from)));
            moved(days, Kind.BATCHES, BATCH_DAYS, (day, both) -> both.batches(), "batches are booked by the day of their submission, and listed by that of their end");
            moved(days, Kind.MIDNIGHT, 1, (day, both) -> dayEnds.getOrDefault(day, BigDecimal.ZERO), "calls that were made just before midnight, and listed for the day behind it");
            days.tailMap(from).forEach((day, both) -> {
                both.explain();
                both.parts().forEach(part -> all.add(new Difference(day, model, Usd.of(both.usd()), Usd.of(both.listed()), Usd.of(part.usd()), part.kind().toString(), part.why())));
            });
        });
        all.sort(Comparator.comparing(Difference::day).thenComparing(Difference::model));
        return all;
    }

    /** What the ledger has of one day, and OpenRouter of one of the next. @param most that may have moved from a day */
    private void moved(TreeMap<LocalDate, ReconciledDay> days, Kind kind, int longest, BiFunction<LocalDate, ReconciledDay, BigDecimal> most, String why) {
        days.forEach((day, booked) -> {
            BigDecimal may = most.apply(day, booked);
            for (LocalDate later = day.plusDays(1); !later.isAfter(day.plusDays(longest)); later = later.plusDays(1)) {
                ReconciledDay listed = later.isBefore(from) ? null : days.get(later);
                if (later.isAfter(to) && booked.left().signum() < 0) {
                    may = may.subtract(booked.take(kind, may, why + " (that is not finished yet)"));
                } else if (listed != null && listed.left().signum() > 0) {
                    boolean over = booked.left().signum() < 0;
                    BigDecimal both = listed.take(kind, may.min(booked.missing()), why);
                    may = may.subtract(both);
                    if (over) {
                        booked.take(kind, both, why);
                    }
                }
            }
        });
    }
}
