package io.promptroutes.call;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.pool.ConnPoolControl;
import org.apache.hc.core5.util.TimeValue;

/**
 * A server may close a connection while nobody uses it, and the next request meets that: a connection that has brought an answer before ends
 * at once, without a byte of another. The request then goes out once more, on a new connection. Thread-safe.
 *
 * @param connections the client's
 */
public record FreshConnection(ConnPoolControl<HttpRoute> connections) implements ExecChainHandler {

    /** Another call may give one back just then that is about to end. */
    private static final int MOST = 3;
    private static final String RESET = "Connection reset";
    private static final String CLOSED_BY_US = "Socket closed";
    /** After so long the server was at work on the request. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    /** A reset may also be a server that fell over the request; no model gets to work so soon. */
    private static final Duration RESET_AT_ONCE = Duration.ofMillis(50);

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        ClassicHttpRequest next = request;
        for (int stale = 0;; stale++) {
            long sent = System.nanoTime();
            try {
                return chain.proceed(next, scope);
            } catch (NoHttpResponseException | SocketException e) {
                Duration limit = RESET.equals(e.getMessage()) ? RESET_AT_ONCE : AT_ONCE;
                if (stale == MOST || CLOSED_BY_US.equals(e.getMessage()) || System.nanoTime() - sent > limit.toNanos() || !reused(scope)) {
                    throw e;
                }
                scope.execRuntime.discardEndpoint();
                connections.closeIdle(TimeValue.ZERO_MILLISECONDS); // the others that are idle may have ended, too
                next = ClassicRequestBuilder.copy(scope.originalRequest).build();
            }
        }
    }

    private static boolean reused(ExecChain.Scope scope) {
        EndpointDetails connection = scope.clientContext.getEndpointDetails();
        int ofProxy = scope.route.isTunnelled() ? 1 : 0;
        return connection != null && connection.getResponseCount() > ofProxy;
    }
}
