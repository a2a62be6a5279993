package io.promptroutes.call;

import java.io.IOException;
import java.time.Duration;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * Ends a call when its limit is over, up to the last byte of the body: socket timeouts start anew with every byte, so a
 * dribbling answer would hold its permit for ever. Thread-safe.
 */
public final class WallClock implements ExecChainHandler, AutoCloseable {

    /** A call that runs longer than this after its headers is worth an entry in the ledger, a short one is not. */
    private static final Duration LONG = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final int LONGEST_LOOK = 8 << 20;

    private final RunningCalls running = new RunningCalls();
    private final int longestBody;
    private final Duration look;

    /**
     * @param longestBody bytes of a model's answer; a longer one is cut there, and so fails to parse
     * @param look        limit of what is no call of a model, such as the list of models; 30 s at most
     */
    public WallClock(int longestBody, Duration look) {
        this.longestBody = longestBody;
        this.look = look.compareTo(LONGEST_WAIT) < 0 ? look : LONGEST_WAIT;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        CallEntity call = request.getEntity() instanceof CallEntity model ? model : null;
        Duration limit = call == null ? look : call.limit();
        RunningCalls.Running timed = running.begin(limit, scope.execRuntime::discardEndpoint, call == null ? null : call::tellGenerationId);
        try (timed) {
            ClassicHttpResponse response = chain.proceed(request, scope);
            Header id = response.getFirstHeader("X-Generation-Id");
            if (id != null && call != null) {
                call.generationId(id.getValue());
                timed.longAfter(LONG);
            }
            HttpEntity body = response.getEntity();
            if (body != null) {
                int longest = call == null ? LONGEST_LOOK : longestBody;
                byte[] bytes = body.getContent().readNBytes(longest);
                if (bytes.length == longest) {
                    scope.execRuntime.discardEndpoint(); // the rest may be without end
                    if (call == null) {
                        throw new IOException("the answer is longer than " + LONGEST_LOOK + " bytes");
                    }
                }
                EntityUtils.consumeQuietly(body);
                response.setEntity(new ByteArrayEntity(bytes, ContentType.parseLenient(body.getContentType())));
            }
            return response;
        } catch (IOException | HttpException | RuntimeException e) {
            scope.execRuntime.discardEndpoint(); // of an answer that cannot be decoded a client before 5.6.3 keeps it, as an application may bring (CVE-2026-64607)
            if (timed.ended()) {
                String late = "no whole answer within " + limit.toMillis() + " ms";
                throw call == null ? new IOException(late) : CallFailed.timedOut(late, call).exception();
            }
            if (call == null || e instanceof RuntimeException) {
                throw e;
            }
            throw CallFailed.broken(e, call).exception();
        }
    }

    @Override
    public void close() {
        running.close();
    }
}
