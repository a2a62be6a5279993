package io.promptroutes.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.UsageException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.camel.util.TimeUtils;

/** The ledger's figures as rows of JSON, for the command {@code costs} and for whoever asks a running service. Stateless. */
public final class CostRows {

    private CostRows() {
    }

    /**
     * @param since a day (UTC) or a time ago; null for all
     * @param last  that many of the latest calls instead of sums; null for sums
     */
    public static List<ObjectNode> of(Ledger ledger, Figures.By by, String since, Integer last) {
        List<ObjectNode> rows = new ArrayList<>();
        if (last != null) {
            ledger.figures().last(last).forEach(call -> rows.add(Json.MAPPER.valueToTree(call)));
        } else {
            ledger.figures().by(by, from(since)).forEach(row -> rows.add(row(by, row)));
        }
        return rows;
    }

    /** The day (UTC) from which on figures are told: they are kept by day. @throws UsageException where it is neither of the two */
    public static LocalDate from(String since) {
        if (since == null) {
            return LocalDate.EPOCH;
        }
        if (since.matches("([0-9]{1,6}[dhms]){1,4}")) { // Camel takes anything else for zero
            Instant then = Instant.now().minus(Duration.ofMillis(TimeUtils.toMilliSeconds(since)));
            return then.isBefore(Instant.EPOCH) ? LocalDate.EPOCH : LocalDate.ofInstant(then, ZoneOffset.UTC);
        }
        try {
            if (since.matches("(19[7-9]|[2-9]\\d)\\d{1,2}-.*")) {
                return LocalDate.parse(since);
            }
        } catch (DateTimeException e) {
            // told below, without the words of whoever asks
        }
        throw new UsageException("since is neither a day (2026-11-01) nor a time ago (12h, 7d)");
    }

    static ObjectNode row(Figures.By by, Figures.Row row) {
        ObjectNode figures = Json.MAPPER.valueToTree(row);
        return Json.MAPPER.createObjectNode().put(by.name().toLowerCase(Locale.ROOT), row.name()).setAll(figures);
    }
}
