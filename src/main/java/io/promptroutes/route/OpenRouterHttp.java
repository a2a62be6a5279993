package io.promptroutes.route;

import io.promptroutes.openrouter.ApiKey;
import io.promptroutes.openrouter.WallClock;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sets up the HTTP client that talks to OpenRouter: a connection for each permit, the key and the site's names on every
 * request, the wall clock around it, and nothing behind our back (no retries, redirects or cookies). Thread-safe.
 */
final class OpenRouterHttp implements HttpClientConfigurer {

    private final ApiKey key;
    private final Map<String, String> headers;
    private final WallClock wallClock;
    private final Limits limits;

    /**
     * @param connections at most, all to one host
     * @param connect     until a connection is made
     * @param silence     without a byte; a net under the wall clock
     */
    record Limits(int connections, Duration connect, Duration silence) {
    }

    /** @param headers sent with every request, beside the key */
    OpenRouterHttp(ApiKey key, Map<String, String> headers, WallClock wallClock, Limits limits) {
        this.key = key;
        this.headers = Map.copyOf(headers);
        this.wallClock = wallClock;
        this.limits = limits;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        Timeout connect = Timeout.of(limits.connect());
        Timeout silence = Timeout.of(limits.silence());
        client.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(limits.connections())
                        .setMaxConnPerRoute(limits.connections())
                        .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(silence).setTcpNoDelay(true).build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(connect)
                                .setSocketTimeout(silence)
                                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS) // one that the server has closed is not reused, however young
                                .build())
                        .build())
                .setConnectionManagerShared(false)
                .setDefaultRequestConfig(RequestConfig.custom().setConnectionRequestTimeout(connect).setResponseTimeout(silence).build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .setUserAgent("prompt-routes")
                .addExecInterceptorFirst("wall-clock", wallClock)
                .addRequestInterceptorFirst((request, entity, context) -> {
                    if (key.present()) {
                        request.setHeader("Authorization", key.authorization());
                    }
                    headers.forEach(request::setHeader);
                });
    }
}
