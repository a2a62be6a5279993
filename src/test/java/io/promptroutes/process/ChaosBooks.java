package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Fingerprint;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** The ledger's claims against the server's bill, prompt by prompt. Immutable. */
record ChaosBooks(Map<String, List<Claim>> claims, Set<String> events) {

    /** @param cost USD; null where nobody knows */
    record Claim(String state, BigDecimal cost, BigDecimal reserved) {

        boolean maybeBilled() {
            return reserved.signum() == 0 /* of a free model, whose bill is $0 */ || cost == null || cost.signum() > 0 || state.equals("succeeded") || state.equals("unknown");
        }
    }

    /** @param named calls of which the ledger says that they may have been billed and brought nothing */
    record Figures(long calls, long billed, long succeeded, long failed, long unknown, long named) {

        @Override
        public String toString() {
            return "%d calls, %d billed; claims: %d succeeded, %d failed, %d unknown, %d of dead processes".formatted(calls, billed, succeeded,
                    failed, unknown, named);
        }
    }

    /** Claims by prompt id, and the ids of all cost events. */
    static ChaosBooks of(DataSource ledger) throws SQLException {
        Map<String, List<Claim>> claims = new HashMap<>();
        Set<String> events = new HashSet<>();
        try (Connection connection = ledger.getConnection(); Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT prompt_id, c.state, c.cost_usd, reserved_usd FROM claims c"
                    + " JOIN works w ON w.work_id = c.work_id WHERE c.state <> 'void'")) {
                while (rows.next()) {
                    claims.computeIfAbsent(rows.getString(1), id -> new ArrayList<>())
                            .add(new Claim(rows.getString(2), rows.getBigDecimal(3), rows.getBigDecimal(4)));
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT json FROM events")) {
                while (rows.next()) {
                    events.add(Outputs.json(new String(rows.getBytes(1), StandardCharsets.UTF_8)).path("id").asText());
                }
            }
        }
        return new ChaosBooks(claims, events);
    }

    /**
     * Each call that the server knows of has a claim, and each that it billed one that admits it.
     *
     * @param texts of the prompts, by id
     */
    Figures balance(Bill bill, Map<String, String> texts) {
        assertThat(bill.inFlight()).isZero();
        long[] sums = new long[6];
        texts.forEach((id, text) -> {
            Bill.Calls calls = bill.byPrompt().getOrDefault(fingerprint(text), new Bill.Calls(0, 0, BigDecimal.ZERO));
            List<Claim> own = claims.getOrDefault(id, List.of());
            assertThat(own).as("claims of %s, of which the server has seen %s", id, calls).hasSizeGreaterThanOrEqualTo((int) calls.calls());
            assertThat(own.stream().filter(Claim::maybeBilled).count()).as("%s: billed %s, claims %s", id, calls, own)
                    .isGreaterThanOrEqualTo(calls.billed());
            assertThat(calls.billedUsd()).as("%s: billed %s, claims %s", id, calls, own).isLessThanOrEqualTo(own.stream()
                    .map(claim -> claim.cost() == null ? claim.reserved() : claim.cost()).reduce(BigDecimal.ZERO, BigDecimal::add));
            sums[0] += calls.calls();
            sums[1] += calls.billed();
            sums[2] += count(own, "succeeded");
            sums[3] += count(own, "failed");
            sums[4] += count(own, "unknown");
            sums[5] += own.stream().filter(claim -> Set.of("ambiguous", "retried", "resolved", "open").contains(claim.state())).count();
        });
        return new Figures(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]);
    }

    private static long count(List<Claim> claims, String state) {
        return claims.stream().filter(claim -> claim.state().equals(state)).count();
    }

    private static String fingerprint(String text) {
        var messages = Json.MAPPER.createArrayNode();
        messages.addObject().put("role", "user").put("content", text);
        return Fingerprint.of(messages);
    }
}
