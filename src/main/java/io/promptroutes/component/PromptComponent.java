package io.promptroutes.component;

import io.promptroutes.app.Engine;
import io.promptroutes.app.Engines;
import io.promptroutes.app.ErrorStrategy;
import io.promptroutes.pipeline.Pipeline;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** The component {@code prompt}: one for a Camel context. Its engines run in contexts of their own, of which nothing is in this one. */
@Component("prompt")
public final class PromptComponent extends DefaultComponent {

    @Metadata(description = "Threads on which routes go on behind an answer. What blocks one of them holds up others.", defaultValue = "16")
    private int replyThreads = 16;
    private volatile Engines engines;
    /** Whether they are this component's own, which it has started and stops. */
    private boolean own;
    private volatile ExecutorService replies;
    private final Map<String, Step> steps = new ConcurrentHashMap<>();
    private final List<WindowedKafkaConsumer> sources = new CopyOnWriteArrayList<>();
    private final List<InboxConsumer> inboxes = new CopyOnWriteArrayList<>();

    /** All steps of one name. */
    record Step(Pipeline pipeline, Engine engine, String options, StepOptions asked, FileJobs jobs) {

        RecordOptions records() {
            return asked.records();
        }
    }

    /** The one of a context, made where it is not there yet. */
    static PromptComponent of(CamelContext context) {
        return context.getComponent("prompt", PromptComponent.class);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!remaining.matches(Pipeline.NAME)) {
            throw new IllegalArgumentException(uri + ": a pipeline's name has lower case letters, digits and dashes, at most 64 (prompt:tickets)");
        }
        PromptEndpoint endpoint = new PromptEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** The pipeline of an endpoint, with its options. @throws IllegalArgumentException where they cannot be used, or differ from those of another step of the name */
    synchronized Step step(PromptEndpoint endpoint) {
        Step before = steps.get(endpoint.name());
        if (before != null) {
            if (!before.options().equals(endpoint.options())) {
                throw new IllegalArgumentException("two steps prompt:" + endpoint.name() + " have different options: give one of them another name, or both the same options");
            }
            return before;
        }
        Engines all = engines();
        StepOptions asked = StepOptions.of(endpoint, all.prompts());
        Engine engine = all.of(endpoint.provider());
        Step step = new Step(all.pipeline(engine, endpoint.name(), asked.prompts(), endpoint.window(), asked.prompts().waits()), engine, endpoint.options(), asked, new FileJobs());
        steps.put(endpoint.name(), step);
        return step;
    }

    /** The pipeline of that name; null where no step has it. */
    Pipeline pipeline(String name) {
        Step step = steps.get(name);
        return step == null ? null : step.pipeline();
    }

    /** What each pipeline asks, by its name. */
    public Map<String, StepOptions> asked() {
        Map<String, StepOptions> asked = new TreeMap<>();
        steps.forEach((name, step) -> asked.put(name, step.asked()));
        return asked;
    }

    /** The engines that answer; this component's own are started at the first call. */
    synchronized Engines engines() {
        if (engines == null) {
            engines = Engines.embedded(getCamelContext());
            own = true;
        }
        return engines;
    }

    /** Engines that somebody else starts and stops. To be called before routes are made. */
    public void setEngines(Engines engines) {
        this.engines = engines;
    }

    public void setReplyThreads(int replyThreads) {
        this.replyThreads = replyThreads;
    }

    public int getReplyThreads() {
        return replyThreads;
    }

    /** On which routes go on. */
    ExecutorService replies() {
        return replies;
    }

    void add(WindowedKafkaConsumer source) {
        sources.add(source);
    }

    void remove(WindowedKafkaConsumer source) {
        sources.remove(source);
    }

    void add(InboxConsumer source) {
        inboxes.add(source);
    }

    void remove(InboxConsumer source) {
        inboxes.remove(source);
    }

    /** Folders that are looked through. */
    public Collection<InboxConsumer> inboxes() {
        return List.copyOf(inboxes);
    }

    /** Sources of Kafka records that run. */
    public Collection<WindowedKafkaConsumer> sources() {
        return List.copyOf(sources);
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        getCamelContext().getCamelContextExtension().addInterceptStrategy(new ErrorStrategy());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        replies = Threads.pool(getCamelContext(), this, "prompt-reply", replyThreads);
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        getCamelContext().getExecutorServiceManager().shutdownGraceful(replies);
        if (own) {
            engines.close();
            engines = null;
            own = false;
            steps.clear();
        }
    }
}
