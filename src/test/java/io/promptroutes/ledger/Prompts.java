package io.promptroutes.ledger;

import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usage;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Works and settlements for tests. */
final class Prompts {

    static final String CHEAP = "vendor/cheap";

    private Prompts() {
    }

    static Work work(String id) {
        return work(id, "acme");
    }

    static Work work(String id, String tenant) {
        return work(id, tenant, "");
    }

    static Work work(String id, String tenant, String pipeline) {
        return new Work(WorkId.of("openrouter", tenant, pipeline + id, bytes("{\"prompt\":\"hello\"}")), "out", pipeline, id, id, tenant, "chat", false);
    }

    static ClaimRequest call(Work work, String usd) {
        return new ClaimRequest(work, 1, 0, CHEAP, new BigDecimal(usd), false);
    }

    static Settlement paid(String usd) {
        return paid(usd, null);
    }

    static Settlement paid(String usd, String reason) {
        return new Settlement(Settlement.State.SUCCEEDED, "gen-1", CHEAP, "Vendor", new Usage(12, 64, 0, 0, 0, 76, null), new BigDecimal(usd),
                CostSource.REPORTED, 812L, bytes("{\"type\":\"cost\"}"), reason);
    }

    static Settlement unknown() {
        return new Settlement(Settlement.State.UNKNOWN, null, null, null, null, null, null, 30_000L, bytes("{\"type\":\"cost\"}"), null);
    }

    static Finish answer(String usd) {
        return Finish.answered(bytes("{\"text\":\"hi\"}"), CHEAP, new BigDecimal(usd));
    }

    static Finish deadLetter() {
        return Finish.deadLetter(bytes("{\"error\":{}}"), BigDecimal.ZERO);
    }

    /** Claims, and fails the test where that is refused. */
    static UUID claimed(Ledger ledger, ClaimRequest request) {
        return ((ClaimAnswer.Reserved) ledger.claim(request).join()).claimId();
    }

    /** Of an end, how it ended; else what is known. */
    static String kind(KnownWork known) {
        return known instanceof KnownWork.Ended end ? end.answered() ? "Answered" : "DeadLettered" : known.getClass().getSimpleName();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
