package io.promptroutes.openrouter;

import java.io.IOException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** In milliseconds: a call that runs longer than this after its headers is worth an entry in the ledger, a short one is not. */
    private static final long LONG = 1_000;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "wall-clock");
        thread.setDaemon(true);
        return thread;
    });
    private final int longestBody;

    /** @param longestBody bytes of an answer; a longer one is cut there, and so fails to parse */
    public WallClock(int longestBody) {
        this.longestBody = longestBody;
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (!(request.getEntity() instanceof CallEntity call)) {
            return chain.proceed(request, scope);
        }
        AtomicBoolean over = new AtomicBoolean();
        ScheduledFuture<?> end = timer.schedule(() -> {
            over.set(true);
            scope.execRuntime.discardEndpoint();
        }, call.limit().toNanos(), TimeUnit.NANOSECONDS);
        ScheduledFuture<?> telling = null;
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            Header id = response.getFirstHeader("X-Generation-Id");
            if (id != null) {
                call.generationId(id.getValue());
                telling = timer.schedule(call::tellGenerationId, LONG, TimeUnit.MILLISECONDS);
            }
            HttpEntity body = response.getEntity();
            if (body != null) {
                byte[] bytes = EntityUtils.toByteArray(body, longestBody);
                EntityUtils.consumeQuietly(body);
                response.setEntity(new ByteArrayEntity(bytes, ContentType.parseLenient(body.getContentType())));
            }
            return response;
        } catch (IOException | RuntimeException e) {
            if (over.get()) {
                throw new AttemptTimedOut(call.limit());
            }
            throw e;
        } finally {
            end.cancel(false);
            if (telling != null) {
                telling.cancel(false);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
