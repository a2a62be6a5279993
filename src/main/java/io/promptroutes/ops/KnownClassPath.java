package io.promptroutes.ops;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultClassResolver;
import org.apache.camel.spi.ClassResolver;
import org.apache.camel.spi.Registry;

/**
 * A Camel context for which what the class path says of Camel's parts is looked up once a process. Each context asks about the same hundred names, most of them
 * in vain, and each is looked for in every jar.
 */
public final class KnownClassPath extends DefaultCamelContext {

    private static final String PARTS = "META-INF/services/org/apache/camel/";
    /** By class loader: of an application's threads not each has the same one. */
    private static final Map<ClassLoader, Map<String, Optional<byte[]>>> KNOWN = Collections.synchronizedMap(new WeakHashMap<>());

    public KnownClassPath() {
    }

    /** Not yet initialised, as Camel's Main wants it. */
    public KnownClassPath(Registry registry) {
        super(false);
        getCamelContextExtension().setRegistry(registry);
    }

    @Override
    protected ClassResolver createClassResolver() {
        return new Resolver(getCamelContextReference());
    }

    private static final class Resolver extends DefaultClassResolver {

        private Resolver(CamelContext camel) {
            super(camel);
        }

        @Override
        public InputStream loadResourceAsStream(String name) {
            if (!name.startsWith(PARTS)) {
                return super.loadResourceAsStream(name);
            }
            return KNOWN.computeIfAbsent(Thread.currentThread().getContextClassLoader(), loader -> new ConcurrentHashMap<>())
                    .computeIfAbsent(name, this::read).map(ByteArrayInputStream::new).orElse(null);
        }

        private Optional<byte[]> read(String name) {
            try (InputStream in = super.loadResourceAsStream(name)) {
                return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
