package io.promptroutes.call;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Strikes our own secrets out of whatever comes back, before anybody reads, keeps or shows it. Thread-safe.
 *
 * @param others that are sent beside the key
 */
public record EchoMask(ApiKey key, List<String> others) implements ExecChainHandler {

    private static final String MASK = "***";
    /** A shorter key is a placeholder such as {@code lm-studio}, which an answer may well be about; errors are none. */
    private static final int SHORTEST_IN_ANSWERS = 12;
    private static final int SHORTEST = 4;

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity body = response.getEntity();
        if (body != null) {
            String text = new String(body.getContent().readAllBytes(), StandardCharsets.ISO_8859_1); // a character a byte, and back again
            boolean answer = response.getCode() == 200 && (text.contains("\"choices\"") || !text.contains("\"error\""));
            int shortest = answer ? SHORTEST_IN_ANSWERS : SHORTEST;
            String masked = without(key.source().get(), shortest, text);
            for (String secret : others) {
                masked = without(secret, shortest, masked);
            }
            if (!masked.equals(text)) {
                response.setEntity(new ByteArrayEntity(masked.getBytes(StandardCharsets.ISO_8859_1), ContentType.parseLenient(body.getContentType())));
            }
        }
        return response;
    }

    /** In the forms in which JSON may have it, too. */
    private static String without(String given, int shortest, String text) {
        String secret = given == null ? "" : given.strip();
        if (secret.length() < shortest) {
            return text;
        }
        String inJson = new String(JsonStringEncoder.getInstance().quoteAsString(secret));
        String escaped = inJson.replace("/", "\\/");
        String masked = text.replace(secret, MASK);
        return escaped.equals(secret) ? masked : masked.replace(inJson, MASK).replace(escaped, MASK); // mostly they are the same
    }
}
