package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.UUID;

/**
 * What a prompt in a batch came to.
 *
 * @param raw     the provider's line as JSON; null where there is none
 * @param weight  its share of what the batch has cost, where it has no cost of its own and was billed; else null
 * @param costUsd of its own or, where {@code shared}, its part of the batch's; null where nobody knows
 */
public record BatchLine(int n, UUID claim, State state, byte[] raw, BigDecimal weight, BigDecimal costUsd, boolean shared) {

    /** How it ended. */
    public enum State {
        OPEN, ANSWERED,
        /** It was not billed. */
        FAILED,
        /** It may have been billed. */
        UNKNOWN,
        /** It was not asked, or not billed, through no fault of its own: it may be asked anew. */
        AGAIN
    }

    /** One that has come back. */
    public static BatchLine came(int n, State state, byte[] raw, BigDecimal weight, BigDecimal costUsd) {
        return new BatchLine(n, null, state, raw, weight, costUsd, false);
    }

    static BatchLine of(ResultSet row) throws SQLException {
        return new BatchLine(row.getInt("n"), SqlSession.id(row, "claim_id"), State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)), row.getBytes("raw"),
                SqlSession.usd(row, "weight"), SqlSession.usd(row, "cost_usd"), row.getBoolean("shared"));
    }
}
