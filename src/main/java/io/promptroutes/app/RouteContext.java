package io.promptroutes.app;

import io.promptroutes.ops.KnownClassPath;
import io.promptroutes.ops.RouteFault;
import io.promptroutes.ops.Utf8SourceLoader;
import io.promptroutes.settings.UsageException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.commons.lang3.function.FailableRunnable;

/** A Camel context of route files, with the settings' keys as its only properties: the engine's, or that of the pipelines. One use. */
public final class RouteContext implements AutoCloseable {

    private final Main main = new Main() {
        @Override
        protected CamelContext createCamelContext() {
            return new KnownClassPath(registry);
        }

        @Override
        public void bind(String name, Object bean) {
            registry.bind(name, Object.class, () -> bean); // by its name alone: of a known type Camel would give it to components that it is not meant for
        }
    };
    private Map<String, String> files = Map.of();

    /** @param drain how long running work may take when the routes stop */
    public RouteContext(String name, Duration drain) {
        main.setDefaultPropertyPlaceholderLocation("false");
        main.configure().withName(name);
        main.configure().withJmxEnabled(false);
        main.configure().withStreamCachingEnabled(false);
        main.configure().withAutoConfigurationLogSummary(false);
        main.configure().withShutdownTimeout((int) drain.toSeconds());
        main.configure().withShutdownLogInflightExchangesOnTimeout(false);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport starting) {
                // Settings has put environment and command line in their places already; Camel would let the environment win
                PropertiesComponent component = (PropertiesComponent) starting.getCamelContext().getPropertiesComponent();
                component.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
                component.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
                starting.getCamelContext().getRegistry().bind("routeSources", new Utf8SourceLoader());
            }
        });
    }

    /** @param places of route files by folder and name */
    public void load(Properties properties, Map<String, String> places) {
        files = places;
        main.setOverrideProperties(properties);
        main.configure().withRoutesIncludePattern(String.join(",", places.values()));
    }

    Main main() {
        return main;
    }

    /** Of that name; null where there is none. */
    public Object bean(String name) {
        return main.lookup(name, Object.class);
    }

    /** A bean that routes name. */
    public void bind(String name, Object bean) {
        main.bind(name, bean);
    }

    /** Makes all routes, and takes nothing. */
    public void withoutStart() {
        main.configure().withAutoStartup(false);
    }

    /** Reads the route files, and starts nothing. @throws UsageException that names file and line where that can be told */
    public void read() {
        orRefuse(main::init);
    }

    /** @throws UsageException that names file and line where that can be told */
    public void open() {
        orRefuse(main::start);
    }

    private void orRefuse(FailableRunnable<Exception> step) {
        try {
            step.run();
        } catch (Exception e) {
            UsageException ours = ExceptionUtils.throwableOfType(e, UsageException.class);
            String fault = RouteFault.of(e, files).orElse(null);
            throw new UsageException(fault != null ? fault : ours != null ? ours.getMessage()
                    : "the routes do not start: " + inOneLine(ExceptionUtils.getRootCause(e).getMessage()), e);
        }
    }

    /** Without the lines of the file that a YAML parser shows, which have four blanks in front, and its marks below them. */
    private static String inOneLine(String message) {
        return String.valueOf(message).replaceAll("(?m)^ {4}.*\\R?", "").replaceAll("(?<= in )file:", "").strip()
                .replaceFirst(":$", "").replaceAll(":\\s*\\R\\s*", "; ").replaceAll("\\s*\\R\\s*", " ");
    }

    /** Does something with Camel when it has its settings and has loaded the routes, before they start. */
    public void configured(Consumer<CamelContext> then) {
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport starting) {
                then.accept(starting.getCamelContext());
            }
        });
    }

    public CamelContext camel() {
        return main.getCamelContext();
    }

    @Override
    public void close() {
        main.stop();
    }
}
