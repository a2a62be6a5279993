package io.promptroutes.openrouter;

import java.io.IOException;
import java.net.SocketException;
import java.util.Set;
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

    /** The peer's doing: a socket that our own clock closes says something else. */
    private static final Set<String> ENDED_BY_PEER = Set.of("Connection reset", "Connection reset by peer", "Broken pipe");
    /** After so long the server had the request and was at work on it. */
    private static final long AT_ONCE_NANOS = 1_000_000_000;

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        long sent = System.nanoTime();
        try {
            return chain.proceed(request, scope);
        } catch (NoHttpResponseException | SocketException e) {
            boolean ended = e instanceof NoHttpResponseException || ENDED_BY_PEER.contains(String.valueOf(e.getMessage()));
            if (!ended || System.nanoTime() - sent > AT_ONCE_NANOS || !reused(scope)) {
                throw e;
            }
            scope.execRuntime.discardEndpoint();
            connections.closeIdle(TimeValue.ZERO_MILLISECONDS); // the others that are idle may have ended, too
            return chain.proceed(ClassicRequestBuilder.copy(scope.originalRequest).build(), scope);
        }
    }

    private static boolean reused(ExecChain.Scope scope) {
        EndpointDetails connection = scope.clientContext.getEndpointDetails();
        int ofProxy = scope.route.isTunnelled() ? 1 : 0;
        return connection != null && connection.getResponseCount() > ofProxy;
    }
}
