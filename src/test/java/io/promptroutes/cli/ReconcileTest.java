package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.ClaimRequest;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Settlement;
import io.promptroutes.ledger.Settlement.State;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.ledger.Work;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code costs --reconcile} and {@code costs --format focus}: the ledger for those who have other books. */
@Timeout(60)
class ReconcileTest {

    private static final String KEY = "sk-or-v1-of-the-books";
    private static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);
    private static final LocalDate DAY = TODAY.minusDays(4);
    private static final String ASKED = "/activity?api_key_hash=" + DigestUtils.sha256Hex(KEY);

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();
    private final List<String> listed = new ArrayList<>();
    private int ids;

    private record Said(int code, String out, String err) {

        JsonNode json() {
            return Json.tree(out.getBytes(StandardCharsets.UTF_8));
        }

        List<String> kinds() {
            return json().valueStream().map(row -> row.path("model").asText() + " " + row.path("kind").asText()).toList();
        }
    }

    @BeforeEach
    void key() throws IOException {
        Files.writeString(folder.resolve("management"), "sk-or-v1-management");
    }

    private Ledger ledger(LocalDate day) {
        return Ledger.open(TestLedgers.withClock(TestLedgers.made(folder.resolve("data")), Clock.fixed(day.atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC), ZoneOffset.UTC)));
    }

    /** @param usd null where it is not known */
    private void book(LocalDate day, String model, String usd, CostSource source, String provider, String tier) {
        try (Ledger ledger = ledger(day)) {
            Work work = new Work(WorkId.of("openrouter", "school", String.valueOf(++ids), new byte[0]), "job", "tickets", "id", "id", "school", "chat", false);
            ClaimAnswer.Reserved claim = (ClaimAnswer.Reserved) ledger.claim(new ClaimRequest(work, 1, 0, model, new BigDecimal("0.10"), false)).join();
            ledger.settle(claim.claimId(), new Settlement(usd == null ? State.UNKNOWN : State.SUCCEEDED, null, usd == null ? null : model, provider,
                    usd == null ? null : new Usage(120, 30, 0, 0, 0, 150, null), usd == null ? null : new BigDecimal(usd), source, 1L, null, null, false, tier)).join();
        }
    }

    private void book(String model, String usd) {
        book(DAY, model, usd, CostSource.REPORTED, "Vendor", null);
    }

    private void list(LocalDate day, String model, String usage, String byok, int requests) {
        listed.add("{\"date\":\"%s\",\"model\":\"%s\",\"model_permaslug\":\"%s\",\"endpoint_id\":\"e\",\"provider_name\":\"V\",\"usage\":%s,\"byok_usage_inference\":%s,\"requests\":%d}"
                .formatted(day, model, model, usage, byok, requests));
        server.document(ASKED, "{\"data\":[" + String.join(",", listed) + "]}");
    }

    private Said costs(String... options) {
        List<String> all = new ArrayList<>(List.of("costs"));
        all.addAll(Arrays.asList(options));
        for (String key : List.of("openrouter.base-url=" + server.baseUrl(), "openrouter.api-key=file:" + folder.resolve("own"), "openrouter.management-key=file:"
                + folder.resolve("management"), "ledger.directory=" + folder.resolve("data"), "catalogue.copy=" + folder.resolve("models.json"))) {
            all.addAll(List.of("-D", key));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try {
            Files.writeString(folder.resolve("own"), KEY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Said(InThisProcess.execute(all.toArray(String[]::new), out, err), out.toString(), err.toString());
    }

    @Test
    void fivePlantedDifferencesAreNamedAndNothingElse() {
        book("openai/gpt-4.1-mini", "0.02");
        book(DAY, "openai/gpt-4.1-mini", null, null, null, null);
        list(DAY, "openai/gpt-4.1-mini-2025-04-14", "0.06", "0", 2);
        book("openai/gpt-4.1", "0.5");
        list(DAY, "openai/gpt-4.1-2025-04-14", "1.5", "0", 8);
        book(DAY, "google/gemini-2.5-flash", "0.25", CostSource.REPORTED, "Google", "batch");
        list(DAY.plusDays(1), "google/gemini-2.5-flash:batch", "0.25", "0", 1);
        book("anthropic/claude-haiku-4.5", "0.001");
        list(DAY, "anthropic/claude-4.5-haiku-20251001", "0.001", "0.02", 1);
        book(DAY, "z-ai/glm-5.2", "0.03", CostSource.ESTIMATED, "Vendor", null);
        list(DAY, "z-ai/glm-5.2-20260616", "0.028", "0", 1);
        // no differences: rounded there, today's, free, and one that is the same
        book("mistralai/mistral-small-2603", "0.123456789");
        list(DAY, "mistralai/mistral-small-2603", "0.123457", "0", 1);
        book(TODAY, "mistralai/mistral-small-2603", "0.7", CostSource.REPORTED, "Vendor", null);
        book("deepseek/deepseek-v3.2", "0.011");
        list(DAY, "deepseek/deepseek-v3.2-20251201", "0.004", "0", 1);
        list(DAY, "deepseek/deepseek-v3.2-20251201", "0.007", "0", 0);
        Said said = costs("--reconcile", "--format", "json");

        assertThat(said.code()).as("%s", said.err()).isZero();
        assertThat(said.kinds()).containsExactlyInAnyOrder("openai/gpt-4.1-mini unknown_calls", "openai/gpt-4.1 other_program", "google/gemini-2.5-flash batches",
                "google/gemini-2.5-flash batches", "anthropic/claude-haiku-4.5 byok", "z-ai/glm-5.2 estimates");
        assertThat(said.json()).filteredOn(row -> row.path("kind").asText().equals("other_program")).singleElement().satisfies(row -> {
            assertThat(row.path("day").asText()).isEqualTo(DAY.toString());
            assertThat(row.path("difference_usd").decimalValue()).isEqualByComparingTo("1");
            assertThat(row.path("why").asText()).startsWith("7 requests");
        });
        assertThat(said.err()).contains("6 differences, of which 0 are not explained", "(this key)");
        assertThat(server.authorization(ASKED)).isEqualTo("Bearer sk-or-v1-management");
        assertThat(costs("--reconcile").out()).contains("other_program").hasLineCount(7);
    }

    @Test
    void whatNothingExplainsIsSaidAndExitOne() {
        book("openai/gpt-4.1", "0.5");
        book("openai/gpt-4.1-mini", "0.02");
        list(DAY, "openai/gpt-4.1-mini", "0.05", "0", 1);
        Said said = costs("--reconcile", "--format", "json");

        assertThat(said.code()).isOne();
        assertThat(said.kinds()).containsExactly("openai/gpt-4.1 unexplained", "openai/gpt-4.1-mini unexplained");
        assertThat(said.json().get(0).path("why").asText()).contains("--all-keys");
        assertThat(said.err()).contains("of which 2 are not explained");
    }

    @Test
    void callsOfAnotherServiceAreNotOpenRouters() {
        book(DAY, "local/model", "0.5", CostSource.REPORTED, null, null);
        list(DAY, "openai/gpt-4.1", "0", "0", 1);

        assertThat(costs("--reconcile", "--format", "json").kinds()).containsExactly("local/model other_service");
    }

    @Test
    void sinceAndAllKeys() {
        book("openai/gpt-4.1", "0.5");
        list(TODAY.minusDays(1), "openai/gpt-4.1", "0.0", "0", 0);
        server.document("/activity", "{\"data\":[{\"date\":\"%s 00:00:00\",\"model\":\"openai/gpt-4.1\",\"usage\":0.5,\"requests\":1}]}".formatted(DAY));

        assertThat(costs("--reconcile", "--since", "3d").err()).contains("No difference");
        assertThat(costs("--reconcile", "--since", "400d").code()).isOne();
        Said all = costs("--reconcile", "--all-keys");
        assertThat(all.code()).isZero();
        assertThat(all.err()).contains("(all keys)", "$0.5 in the ledger, $0.5 at OpenRouter", "No difference", "from " + TODAY.minusDays(30));
    }

    @Test
    void whoMayNotReadItIsToldWhy() throws IOException {
        book("openai/gpt-4.1", "0.5");
        server.reply(ASKED, Reply.error(403, "Only management keys can perform this operation"));
        Said refused = costs("--reconcile");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("HTTP 403", "Only management keys", "openrouter.management-key");

        Files.writeString(folder.resolve("management"), "");
        assertThat(costs("--reconcile").err()).contains("OPENROUTER_MANAGEMENT_KEY");
        assertThat(costs("--reconcile", "-D", "openrouter.dialect=openai").err()).contains("no other service");
        assertThat(costs("--reconcile", "--simulate").err()).contains("nothing to compare with");
        assertThat(costs("--reconcile", "--last").code()).isEqualTo(2);
    }

    /** The columns that the specification calls mandatory, in version 1.2, and some others. */
    @Test
    void focusHasEachMandatoryColumn() throws IOException {
        book("openai/gpt-4.1", "0.75");
        book(DAY, "openai/gpt-4.1", null, null, null, null);
        Said said = costs("--format", "focus");
        List<Map<String, String>> rows = new CsvMapper().readerForMapOf(String.class).with(CsvSchema.emptySchema().withHeader()).<Map<String, String>>readValues(said.out()).readAll();
        LocalDate month = DAY.withDayOfMonth(1);

        assertThat(rows).singleElement().satisfies(row -> assertThat(row).containsAllEntriesOf(Map.ofEntries(Map.entry("BilledCost", "0.75"), Map.entry("BillingAccountId", "openrouter"),
                Map.entry("BillingAccountName", ""), Map.entry("BillingCurrency", "USD"), Map.entry("BillingPeriodEnd", month.plusMonths(1) + "T00:00:00Z"),
                Map.entry("BillingPeriodStart", month + "T00:00:00Z"), Map.entry("ChargeCategory", "Usage"), Map.entry("ChargeClass", ""),
                Map.entry("ChargeDescription", "openai/gpt-4.1: 2 calls, 120 tokens in, 30 out"), Map.entry("ChargePeriodEnd", DAY.plusDays(1) + "T00:00:00Z"),
                Map.entry("ChargePeriodStart", DAY + "T00:00:00Z"), Map.entry("ContractedCost", "0.75"), Map.entry("EffectiveCost", "0.75"),
                Map.entry("InvoiceIssuerName", "OpenRouter"), Map.entry("ListCost", "0.75"), Map.entry("PricingQuantity", "150"), Map.entry("PricingUnit", "Tokens"),
                Map.entry("ProviderName", "OpenRouter"), Map.entry("PublisherName", "openai"), Map.entry("ServiceCategory", "AI and Machine Learning"),
                Map.entry("ServiceName", "OpenRouter"), Map.entry("Tags", "{\"pipeline\":\"tickets\",\"tenant\":\"school\"}"), Map.entry("x_Requests", "2"),
                Map.entry("x_UncertainCost", "0.1"))));
        assertThat(String.join(",", rows.get(0).keySet())).as("ours behind those of the specification").matches("[^_]+(,x_\\w+)+");
    }

    @Test
    void focusHasARowForEachDayModelTenantAndPipeline() {
        book("openai/gpt-4.1", "0.75");
        book("openai/gpt-4.1", "0.25");
        book("openai/gpt-4.1-mini", "0.75");
        book(TODAY, "openai/gpt-4.1", "0.75", CostSource.REPORTED, "Vendor", "flex");

        assertThat(costs("--format", "focus").out().lines()).hasSize(4).first().asString().startsWith("BilledCost,BillingAccountId,BillingAccountName,");
        assertThat(costs("--format", "focus", "--since", TODAY.toString()).out().lines()).hasSize(2);
    }
}
