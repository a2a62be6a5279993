package io.promptroutes.settings;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.promptroutes.call.Network;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.apache.commons.lang3.function.Failable;
import org.apache.commons.lang3.function.FailableBiConsumer;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.PercentCodec;
import org.apache.hc.core5.ssl.SSLContextBuilder;
import org.apache.hc.core5.ssl.SSLContexts;

/** By which proxy the API is reached, and whose certificates are trusted: of the keys, the JVM's options and the environment. Stateless. */
public final class NetworkSettings {

    private static final String PROXY = "openrouter.proxy";
    private static final String TRUST = "openrouter.trust-store";
    private static final String OWN = "openrouter.key-store";
    /** Scheme, user, password, host, port. */
    private static final Pattern ADDRESS = Pattern.compile("(?:(?i:http)://)?(?:([^:/]*?)(?::(?!//)(.*))?@)?(\\[[^\\]]+]|[^:/@\\[\\]\\s]+)(?::(\\d{1,5}))?/?");

    private NetworkSettings() {
    }

    /** @throws UsageException that names the key or variable which cannot be used, and no password */
    static Network of(Settings settings, Map<String, String> environment) {
        SSLContext trusted = tls(settings);
        return proxy(settings, environment).map(one -> by(one.getKey(), one.getValue(), settings.text("openrouter.proxy-password"), trusted))
                .orElse(new Network(null, null, null, trusted));
    }

    /** The key, option or variable that says by which proxy the API is reached; null where it is reached straight ahead. */
    public static String proxyFrom(Settings settings, Map<String, String> environment) {
        try {
            return proxy(settings, environment).map(Map.Entry::getKey).orElse(null);
        } catch (IllegalArgumentException e) {
            return null; // the address is none, which is told where it is used
        }
    }

    /** By its place. */
    private static Optional<Map.Entry<String, String>> proxy(Settings settings, Map<String, String> environment) {
        URI target = URI.create(settings.address("openrouter.base-url"));
        String byScheme = target.getScheme() + "_proxy";
        Map<String, String> said = new LinkedHashMap<>(); // the first that says something counts
        said.put("key " + PROXY, settings.text(PROXY));
        said.put("option -D" + target.getScheme() + ".proxyHost", ofTheJvm(target));
        said.put("variable " + byScheme.toUpperCase(Locale.ROOT), variable(environment, byScheme));
        said.put("variable ALL_PROXY", variable(environment, "all_proxy"));
        return said.entrySet().stream().filter(one -> !one.getValue().isEmpty()).findFirst()
                .filter(one -> !one.getValue().equals("none") && !spared(target, variable(environment, "no_proxy")));
    }

    /** In small letters or in capitals, as curl takes them. */
    private static String variable(Map<String, String> environment, String name) {
        return Stream.of(name, name.toUpperCase(Locale.ROOT)).map(one -> environment.getOrDefault(one, "").strip()).filter(one -> !one.isEmpty())
                .findFirst().orElse("");
    }

    /** Also of {@code http.nonProxyHosts}. */
    private static String ofTheJvm(URI target) {
        Proxy first = ProxySelector.getDefault().select(target).get(0); // one for SOCKS is gone through by every socket of the JVM
        return first.type() == Proxy.Type.HTTP && first.address() instanceof InetSocketAddress proxy ? proxy.getHostString() + ":" + proxy.getPort() : "";
    }

    private static Network by(String origin, String address, String password, SSLContext trusted) {
        Matcher parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            throw new UsageException(origin + " must name a proxy as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT");
        }
        String secret = password.isEmpty() ? decoded(parts.group(2)) : Secret.of(password).get();
        if (parts.group(1) != null && secret == null) {
            throw new UsageException(origin + " names a user without a password: give that with key openrouter.proxy-password (env:NAME or file:PATH)");
        }
        int port = parts.group(4) == null ? 80 : Integer.parseInt(parts.group(4));
        return new Network(new HttpHost("http", parts.group(3).replaceAll("[\\[\\]]", ""), port), decoded(parts.group(1)), secret, trusted);
    }

    private static String decoded(String text) {
        return text == null ? null : PercentCodec.decode(text, StandardCharsets.UTF_8);
    }

    /** Whether no proxy leads there: this machine, and what {@code list} names by host, domain, address or network, with or without a port. */
    private static boolean spared(URI target, String list) {
        String host = target.getHost() == null ? "" : target.getHost().replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        if (address == null ? host.equals("localhost") || host.endsWith(".localhost") : address.isLoopbackAddress()) {
            return true;
        }
        int port = target.getPort() >= 0 ? target.getPort() : target.getScheme().equals("http") ? 80 : 443;
        return Stream.of(list.toLowerCase(Locale.ROOT).split("[,\\s]+")).anyMatch(rule -> {
            String name = (NetUtil.createInetAddressFromIpAddressString(rule) == null ? rule.replaceFirst(":" + port + "$", "") : rule).replaceAll("[\\[\\]]|^\\*?\\.|\\.$", "");
            return name.equals("*") || name.equals(host) || (address == null ? host.endsWith("." + name) : within(address, name));
        });
    }

    /** @param network an address, or as many of its leading bits as stand behind a slash */
    private static boolean within(InetAddress address, String network) {
        try {
            String[] parts = network.split("/", 2);
            InetAddress base = NetUtil.createInetAddressFromIpAddressString(parts[0]);
            int bits = parts.length > 1 ? Integer.parseInt(parts[1]) : 8 * address.getAddress().length;
            return base != null && new IpSubnetFilterRule(base, bits, IpFilterRuleType.ACCEPT).matches(new InetSocketAddress(address, 0));
        } catch (IllegalArgumentException e) {
            return false; // no network
        }
    }

    /** Null for the JVM's own. */
    private static SSLContext tls(Settings settings) {
        if (settings.text(TRUST).isEmpty() && settings.text(OWN).isEmpty()) {
            return null;
        }
        SSLContextBuilder context = SSLContexts.custom();
        load(settings, TRUST, (store, password) -> context.loadTrustMaterial(store, null));
        load(settings, OWN, (store, password) -> context.loadKeyMaterial(store, password));
        return Failable.get(context::build);
    }

    /** @param use throws where it holds nothing that can be used */
    private static void load(Settings settings, String key, FailableBiConsumer<KeyStore, char[], GeneralSecurityException> use) {
        String file = settings.text(key);
        if (file.isEmpty()) {
            return;
        }
        try {
            String reference = settings.text(key + "-password");
            String secret = reference.isEmpty() ? null : Secret.of(reference).get();
            char[] password = secret == null ? null : secret.toCharArray();
            KeyStore store = store(Path.of(file), password);
            if (store.size() == 0 || key.equals(OWN) && !store.isKeyEntry(store.aliases().nextElement())) {
                throw new IOException(key.equals(OWN) ? "there is no private key" : "there is none");
            }
            use.accept(store, password);
        } catch (IOException | GeneralSecurityException e) {
            throw new UsageException("key " + key + ": the certificates in " + file + " cannot be read (" + e + "): it must be " + (key.equals(OWN) ? "PKCS12 or JKS"
                    : "PEM, PKCS12 or JKS, the last two") + " with key " + key + "-password", e);
        }
    }

    private static KeyStore store(Path file, char[] password) throws IOException, GeneralSecurityException {
        byte[] bytes = Files.readAllBytes(file);
        if (!new String(bytes, StandardCharsets.ISO_8859_1).contains("-----BEGIN CERTIFICATE")) {
            return KeyStore.getInstance(file.toFile(), password);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes))) {
            store.setCertificateEntry("ca-" + store.size(), certificate);
        }
        return store;
    }
}
