import io.promptroutes.ledger.ClaimRequest;
import io.promptroutes.ledger.Finish;
import io.promptroutes.ledger.Settlement;
import io.promptroutes.ledger.Work;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usage;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * What the ledger is told of a prompt and its call: a result of about 2,000 bytes, a cost event of about 700. The n-th one of a name is the
 * same each time. Made as cheaply as can be, since it is measured with the ledger. Thread-safe.
 *
 * @param name tells the prompts of several processes or runs apart
 */
record LedgerPrompts(String name) {

    private static final String[] MODELS = {"openai/gpt-4.1-mini", "google/gemini-2.5-flash-lite", "mistralai/mistral-small-2603",
        "anthropic/claude-haiku-4.5", "deepseek/deepseek-chat-v3.1", "qwen/qwen3-32b", "meta-llama/llama-3.3-70b-instruct", "openai/gpt-4.1"};
    private static final String[] TASKS = {"general", "code", "creative", "analysis", "math", "translation"};
    private static final String[] TENANTS = {"default", "acme", "north", "harbour", "orchard"};
    private static final BigDecimal RESERVED = new BigDecimal("0.00205");
    private static final String TEXT = "The short answer is yes, as long as the soil drains well. ".repeat(16).strip();

    /** One call of a prompt. @param completion tokens of the answer */
    record Call(Work work, String model, String generation, long completion, long latencyMs, BigDecimal costUsd) {

        ClaimRequest claim(int attempt, int fallbackLevel) {
            return new ClaimRequest(work, attempt, fallbackLevel, model, RESERVED, false);
        }

        /** @param reason why another model than the first answered, or null */
        Settlement paid(String reason) {
            Usage usage = new Usage(221, completion, 0, 0, 0, 221 + completion, costUsd);
            return new Settlement(Settlement.State.SUCCEEDED, generation, model, "Instant", usage, costUsd, CostSource.REPORTED, latencyMs, event(),
                    reason);
        }

        /** It was sent, and nobody knows what it cost. */
        Settlement unknown() {
            return new Settlement(Settlement.State.UNKNOWN, generation, null, null, null, null, null, 30_000L, event(), "timeout");
        }

        Finish answer() {
            return Finish.answered(result(), model, costUsd);
        }

        private byte[] result() {
            return bytes("{\"id\":\"" + work.promptId() + "\",\"status\":\"success\",\"text\":\"" + TEXT + "\",\"model_requested\":\"" + model
                    + "\",\"model_used\":\"" + model + "\",\"provider\":\"Instant\",\"generation_id\":\"" + generation
                    + "\",\"finish_reason\":\"stop\",\"routing\":{\"strategy\":\"smart\",\"task\":\"" + work.task()
                    + "\",\"confidence\":0.98,\"signs\":[\"<translate>\",\"train\"],\"budget\":\"balanced\",\"tier\":\"balanced\",\"reason\":"
                    + "\"current smart table\",\"config\":{\"temperature\":0.7,\"max_tokens\":1000},\"candidates\":[\"openai/gpt-4.1-mini\","
                    + "\"google/gemini-2.5-flash-lite\"],\"estimate\":{\"model\":\"" + model + "\",\"usd\":0.00205,\"prompt_tokens\":1125,"
                    + "\"max_tokens\":1000}},\"fallback\":{\"level\":0,\"reason\":null,\"attempts\":[]},\"usage\":{\"prompt_tokens\":221,"
                    + "\"completion_tokens\":" + completion + ",\"reasoning_tokens\":0,\"cached_tokens\":0,\"total_tokens\":" + (221 + completion)
                    + "},\"cost_usd\":" + costUsd.toPlainString() + ",\"cost_source\":\"reported\",\"latency_ms\":" + latencyMs
                    + ",\"cached\":false,\"tenant\":\"" + work.tenant() + "\",\"source\":{\"file\":\"bench.jsonl\",\"line\":1},\"key\":null}");
        }

        private byte[] event() {
            return bytes("{\"specversion\":\"1.0\",\"id\":\"01a22c9e-75a4-7001-88ed-425cb3b5c289\",\"source\":\"/prompt-routes\",\"type\":"
                    + "\"promptroutes.cost.v1\",\"subject\":\"" + work.promptId() + "\",\"time\":\"2026-11-22T12:00:00.222Z\",\"datacontenttype\":"
                    + "\"application/json\",\"data\":{\"prompt_id\":\"" + work.promptId() + "\",\"attempt\":1,\"model_requested\":\"" + model
                    + "\",\"model_used\":\"" + model + "\",\"provider\":\"Instant\",\"generation_id\":\"" + generation
                    + "\",\"task\":\"" + work.task() + "\",\"strategy\":\"smart\",\"budget\":\"balanced\",\"tenant\":\""
                    + work.tenant() + "\",\"prompt_tokens\":221,"
                    + "\"completion_tokens\":" + completion + ",\"reasoning_tokens\":0,\"cached_tokens\":0,\"cost_usd\":" + costUsd.toPlainString()
                    + ",\"cost_source\":\"reported\",\"latency_ms\":" + latencyMs + ",\"status\":\"success\"}}");
        }
    }

    /** As a batch asks: one job, one tenant, few models. */
    Call batch(int number) {
        return call(number, "bench", "default", 2);
    }

    /** As a month of many tenants comes to. @param day tells the job */
    Call month(int number, String day) {
        SplittableRandom random = random(number);
        String tenant = TENANTS[random.nextInt(random.nextInt(TENANTS.length) + 1)]; // the first ones ask most
        return call(number, random.nextBoolean() ? "nightly-" + day : "topic-" + tenant, tenant, MODELS.length);
    }

    private Call call(int number, String job, String tenant, int models) {
        SplittableRandom random = random(number);
        byte[] id = new byte[16];
        random.nextBytes(id);
        String prompt = name + "-" + number;
        String task = TASKS[random.nextInt(random.nextInt(TASKS.length) + 1)];
        String model = MODELS[random.nextInt(random.nextInt(models) + 1)];
        long completion = 20 + random.nextInt(random.nextInt(980) + 1);
        long latency = 300 + completion * (5 + random.nextInt(15));
        Work work = new Work(new WorkId(HexFormat.of().formatHex(id)), job, "", prompt, prompt, tenant, task, false);
        return new Call(work, model, "gen-1790000000-" + Long.toHexString(random.nextLong()), completion, latency,
                BigDecimal.valueOf(44_200 + completion * 800, 9)); // USD
    }

    private SplittableRandom random(int number) {
        return new SplittableRandom(name.hashCode() * 0x9E3779B97F4A7C15L + number);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
