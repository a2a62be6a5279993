import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;

/**
 * What somebody would write with another client's library: reads the same prompts, asks the same, writes a line of the answer and its tokens.
 * No ledger, no limits, no choice of a model; one thread for each call in flight, as the pages of both show it.
 *
 * <p>{@code java PeerLoop openai-java|langchain4j BASE_URL PROMPTS OUT_DIR IN_FLIGHT}
 */
public final class PeerLoop {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String MODEL = "openai/gpt-4.1-mini";
    private static final double TEMPERATURE = 0.7;
    private static final int MAX_TOKENS = 1000;

    public static void main(String[] args) throws Exception {
        int inFlight = Integer.parseInt(args[4]);
        BiConsumer<String, ObjectNode> client = args[0].equals("openai-java") ? openAi(args[1], inFlight) : langchain(args[1]);
        Path out = Path.of(args[3]);
        Files.createDirectories(out);
        ExecutorService threads = Executors.newFixedThreadPool(inFlight);
        Semaphore permits = new Semaphore(inFlight);
        try (BufferedReader lines = Files.newBufferedReader(Path.of(args[2])); OutputStream results = Files.newOutputStream(out.resolve("results.jsonl"))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String prompt = line;
                permits.acquire();
                threads.execute(() -> {
                    try {
                        answer(client, prompt, results);
                    } catch (IOException | RuntimeException e) {
                        e.printStackTrace();
                        Runtime.getRuntime().halt(1);
                    }
                    permits.release();
                });
            }
            permits.acquire(inFlight);
        }
        System.exit(0);
    }

    private static void answer(BiConsumer<String, ObjectNode> client, String line, OutputStream results) throws IOException {
        JsonNode prompt = MAPPER.readTree(line);
        ObjectNode result = MAPPER.createObjectNode().put("id", prompt.get("id").textValue());
        client.accept(prompt.get("prompt").textValue(), result);
        byte[] json = MAPPER.writeValueAsBytes(result);
        byte[] whole = Arrays.copyOf(json, json.length + 1);
        whole[json.length] = '\n';
        synchronized (results) {
            results.write(whole);
        }
    }

    private static BiConsumer<String, ObjectNode> openAi(String baseUrl, int inFlight) {
        // it keeps five connections by itself, and would open one for most of the calls
        OpenAIClient client = OpenAIOkHttpClient.builder().baseUrl(baseUrl).apiKey("k").maxIdleConnections(inFlight).keepAliveDuration(Duration.ofMinutes(5)).build();
        return (text, result) -> {
            ChatCompletion answer = client.chat().completions().create(ChatCompletionCreateParams.builder().model(MODEL).addUserMessage(text)
                    .temperature(TEMPERATURE).maxTokens(MAX_TOKENS).build());
            result.put("text", answer.choices().get(0).message().content().orElseThrow());
            answer.usage().ifPresent(usage -> result.put("prompt_tokens", usage.promptTokens()).put("completion_tokens", usage.completionTokens()));
        };
    }

    private static BiConsumer<String, ObjectNode> langchain(String baseUrl) {
        OpenAiChatModel model = OpenAiChatModel.builder().baseUrl(baseUrl).apiKey("k").modelName(MODEL).temperature(TEMPERATURE).maxTokens(MAX_TOKENS).build();
        return (text, result) -> {
            ChatResponse answer = model.chat(UserMessage.from(text));
            result.put("text", answer.aiMessage().text());
            result.put("prompt_tokens", answer.tokenUsage().inputTokenCount()).put("completion_tokens", answer.tokenUsage().outputTokenCount());
        };
    }
}
