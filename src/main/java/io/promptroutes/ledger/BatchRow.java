package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/**
 * A batch as the ledger knows it.
 *
 * @param keyHash     of the API key that it was sent with
 * @param only        the providers that it is for, as JSON; null for any
 * @param within      the time within which it was asked to be through, as the provider has it; null where nobody said
 * @param lines       that were claimed; some may have been refused before
 * @param createdAt   before it was sent, by the database's clock
 * @param looks       how often it was looked for in vain
 * @param remoteId    the provider's name for it, or null
 * @param remoteState what the provider last said of it, or null
 * @param done        lines that the provider says it is through with
 * @param expiresAt   when it is to be through, as the provider says, or null; finalizedAt, when it was
 * @param endedAt     when that was noticed; null while it is open
 * @param costUsd     as the provider says, or null
 * @param reason      why it came to nothing, or null
 * @param blamed      the line for which it came to nothing, or null
 */
public record BatchRow(UUID id, String provider, String keyHash, String instance, String endpoint, String model, String only, String within, int lines, long bytes,
        BatchState state, Instant createdAt, int looks, String remoteId, String remoteState, int done, Instant expiresAt, Instant finalizedAt, Instant endedAt, BigDecimal costUsd,
        String reason, Integer blamed) {

    private static final int NONCE = 24;
    static final String ALL = "SELECT * FROM batches ";

    static BatchRow of(ResultSet row) throws SQLException {
        return new BatchRow(SqlSession.id(row, "batch_id"), row.getString("provider"), row.getString("key_hash"), row.getString("instance_id"), row.getString("endpoint"),
                row.getString("model"), row.getString("only_of"), row.getString("complete_within"), row.getInt("line_count"), row.getLong("byte_count"), BatchState.of(row.getString("state")),
                SqlSession.instant(row, "created_at"), row.getInt("looks"), row.getString("remote_id"), row.getString("remote_state"), row.getInt("done"),
                SqlSession.instant(row, "expires_at"), SqlSession.instant(row, "finalized_at"), SqlSession.instant(row, "ended_at"), SqlSession.usd(row, "cost_usd"),
                row.getString("reason"), row.getObject("blamed") == null ? null : row.getInt("blamed"));
    }

    /** What begins the name of each of its lines, and tells them from those of others. */
    public String nonce() {
        return nonce(id);
    }

    /** The same of a batch that is about to be. */
    public static String nonce(UUID batch) {
        return "b" + batch.toString().replace("-", "").substring(0, NONCE); // a longer one is taken for a key, and struck out of messages
    }
}
