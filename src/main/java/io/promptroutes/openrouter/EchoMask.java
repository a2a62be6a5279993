package io.promptroutes.openrouter;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
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
 * @param secrets that were sent; null and blank ones are none
 */
public record EchoMask(Supplier<List<String>> secrets) implements ExecChainHandler {

    private static final String MASK = "***";
    /** A shorter key is a placeholder such as {@code lm-studio}, which an answer may well be about; errors are none. */
    private static final int SHORTEST_IN_ANSWERS = 12;
    private static final int SHORTEST = 4;
    /** The same in JSON, as most keys are. */
    private static final Pattern PLAIN = Pattern.compile("[\\w.-]*");

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity body = response.getEntity();
        if (body != null) {
            String text = new String(body.getContent().readAllBytes(), StandardCharsets.ISO_8859_1); // a character a byte, and back again
            boolean answer = response.getCode() == 200 && (text.contains("\"choices\"") || !text.contains("\"error\""));
            int shortest = answer ? SHORTEST_IN_ANSWERS : SHORTEST;
            String masked = text;
            for (String secret : secrets.get()) {
                masked = secret == null || secret.strip().length() < shortest ? masked : without(secret.strip(), masked);
            }
            if (!masked.equals(text)) {
                response.setEntity(new ByteArrayEntity(masked.getBytes(StandardCharsets.ISO_8859_1), ContentType.parseLenient(body.getContentType())));
            }
        }
        return response;
    }

    /** In the forms in which JSON may have it, too. */
    private static String without(String secret, String text) {
        if (PLAIN.matcher(secret).matches()) {
            return text.replace(secret, MASK);
        }
        String inJson = new String(JsonStringEncoder.getInstance().quoteAsString(secret));
        return text.replace(secret, MASK).replace(inJson, MASK).replace(inJson.replace("/", "\\/"), MASK);
    }
}
