package io.promptroutes.call;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;

/**
 * What lies between this process and the API, and says so where it is what fails: such a call was never sent. Immutable.
 *
 * @param proxy    null where the API is reached directly
 * @param user     for the proxy; null where it asks for none
 * @param password of that user
 * @param trusted  whose certificates are taken; null for those of the JVM
 */
public record Network(HttpHost proxy, String user, String password, SSLContext trusted) implements ExecChainHandler {

    /** What is beyond all that a server or proxy sends beside a body. */
    public static final Http1Config HEADERS = Http1Config.custom().setMaxLineLength(65_536).setMaxHeaderCount(500).build();

    private static final int PROXY_ASKS_FOR_A_USER = 407;

    /** What may be shown nowhere, in each form in which it is sent. */
    public List<String> secrets() {
        return password == null ? List.of()
                : List.of(password, Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            boolean refused = scope.route.isSecure() ? scope.clientContext.getSSLSession() == null : response.getCode() == PROXY_ASKS_FOR_A_USER;
            if (proxy == null || !refused) {
                return response;
            }
            scope.execRuntime.discardEndpoint();
            throw new NotConnected("the proxy " + proxy.toHostString() + " refuses to connect (HTTP " + response.getCode() + ")"
                    + (response.getCode() == PROXY_ASKS_FOR_A_USER ? ": name a user in key openrouter.proxy, and a password with openrouter.proxy-password" : ""), null);
        } catch (SSLException e) {
            boolean certificate = Stream.iterate((Throwable) e, Objects::nonNull, Throwable::getCause)
                    .anyMatch(cause -> cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException);
            throw certificate ? new NotConnected("the certificate of " + scope.route.getTargetHost().getHostName() + " is not trusted ("
                    + e.getMessage() + "): where the network opens TLS, name its CA with key openrouter.trust-store", e) : e;
        } catch (NotConnected e) {
            throw e;
        } catch (ConnectException | UnknownHostException | NoRouteToHostException | ConnectTimeoutException e) {
            throw proxy == null ? e : new NotConnected("the proxy " + proxy.toHostString() + " cannot be reached (" + e.getMessage()
                    + "): see key openrouter.proxy and the variables HTTPS_PROXY and NO_PROXY", e);
        }
    }

    /** Nothing has reached the API. */
    static final class NotConnected extends ConnectException {

        NotConnected(String message, Throwable cause) {
            super(message);
            initCause(cause);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return proxy == null ? "direct" : "by the proxy " + proxy.toHostString();
    }
}
