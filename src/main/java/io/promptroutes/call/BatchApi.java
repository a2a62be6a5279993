package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.methods.HttpDelete;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.io.CloseMode;

/** The service's Batch API. Nothing is sent twice: what to make of a failure is the caller's to say. Thread-safe. */
public final class BatchApi implements AutoCloseable {

    private static final int HTTP_OK = 200;

    private final CloseableHttpClient client;
    private final String base;
    private final Duration limit;
    private final ErrorClassifier classifier;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("batch-clock", true));

    /**
     * @param client that repeats nothing by itself
     * @param base   where batches are, without a slash behind it
     * @param limit  of an exchange, to the last byte
     */
    public BatchApi(CloseableHttpClient client, String base, Duration limit, Clock clock) {
        this.client = client;
        this.base = base;
        this.limit = limit;
        classifier = new ErrorClassifier(new RetryAfter(clock));
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * What came back.
     *
     * @param batch   what is told of a batch or a list; null for a status other than 2xx
     * @param refusal of such a one; else null
     * @param said    what the refusal says of batches
     * @param strange whether what refused it may not be the Batch API at all, but a web page, say
     * @param now     by the service's clock, in whole seconds; null where it does not say
     */
    public record Reply(int status, BatchObject batch, CallFailed.Details refusal, Set<BatchHindrance> said, boolean strange, Instant now) {

        private static final Set<Integer> ACCOUNT = Set.of(401, 402, 403);

        /** Whether it is refused for the key, the credit or the account: what asks nothing of a model is refused with these for nothing else. */
        public boolean account() {
            return !strange && ACCOUNT.contains(status);
        }

        /** Why not, for people. */
        public String why() {
            return "HTTP " + status + (strange ? ", and no JSON" : ": " + refusal.message());
        }
    }

    /** A batch was not taken, and nobody knows whether it is there all the same. @see #sent */
    public static final class Broken extends IOException {

        private final boolean sent;

        private Broken(IOException cause, boolean sent) {
            super(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), cause);
            this.sent = sent;
        }

        /** Whether any of it may have arrived. */
        public boolean sent() {
            return sent;
        }
    }

    /** @throws Broken where no reply came */
    public Reply submit(BatchBody body) throws Broken {
        HttpPost post = new HttpPost(base);
        post.setEntity(body);
        try {
            return exchange(post, line -> { });
        } catch (IOException e) {
            throw new Broken(e, body.sent());
        }
    }

    /** @param line takes the results as they come */
    public Reply get(String id, Consumer<JsonNode> line) throws IOException {
        return exchange(new HttpGet(base + "/" + encoded(id)), line);
    }

    /** A page of results. @param cursor null for the first one */
    public Reply results(String id, String cursor, Consumer<JsonNode> line) throws IOException {
        return exchange(new HttpGet(base + "/" + encoded(id) + "/results" + (cursor == null ? "" : "?cursor=" + encoded(cursor))), line);
    }

    /** Has the service forget the requests and the results of a batch that has ended. */
    public Reply delete(String id) throws IOException {
        return exchange(new HttpDelete(base + "/" + encoded(id)), line -> { });
    }

    /** A page of the list of batches, the latest first. */
    public Reply list(Map<String, String> query, Consumer<JsonNode> item) throws IOException {
        return exchange(new HttpGet(base + "?" + query.entrySet().stream().map(one -> one.getKey() + "=" + encoded(one.getValue())).collect(Collectors.joining("&"))), item);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Reply exchange(HttpUriRequestBase request, Consumer<JsonNode> line) throws IOException {
        ScheduledFuture<?> end = timer.schedule(request::cancel, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(request, response -> read(response, line));
        } finally {
            end.cancel(false);
        }
    }

    private Reply read(ClassicHttpResponse response, Consumer<JsonNode> line) throws IOException {
        int status = response.getCode();
        try (InputStream body = response.getEntity() == null ? InputStream.nullInputStream() : response.getEntity().getContent()) {
            if (status / 100 == HTTP_OK / 100) {
                return new Reply(status, BatchObject.read(body, line), null, Set.of(), false, now(response));
            }
            byte[] bytes = body.readAllBytes();
            JsonNode json = Json.tree(bytes);
            return new Reply(status, null, classifier.refused(new Response(status, name -> header(response, name), Nodes.first(json)), bytes).details(),
                    BatchHindrance.in(json), !json.isObject(), now(response));
        }
    }

    private static Instant now(ClassicHttpResponse response) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(String.valueOf(header(response, "Date"))));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static String header(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
    }
}
