package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.call.Dialect;
import io.promptroutes.call.Network;
import io.promptroutes.flow.AnswerCache;
import io.promptroutes.model.Breakers;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.ModelAliases;
import io.promptroutes.model.PriceList;
import io.promptroutes.task.Detector;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an operator decides about calls and models, in the groups of application.properties.
 *
 * @param concurrency calls running at a time
 */
public record Options(int concurrency, Service service, Retries retries, Models models, Detection detection, Budgets budgets, Alarms alarms,
        Breakers.Settings breakers, AnswerCache.Settings cache, Batching batching) {

    /**
     * Of the HTTP calls.
     *
     * @param timeout            wall clock of an attempt; {@code reasoningTimeout}, of a model that thinks first
     * @param longestAnswer      in bytes
     * @param headers            sent to OpenRouter beside the key
     * @param provider           defaults for the request's {@code provider} object
     * @param reasoningHeadroom  output tokens more for a model that thinks unasked
     * @param network            on the way there
     * @param callsPerMinute     of all models together; 0 for no limit
     * @param dialect            that the service speaks
     */
    public record Service(Duration connectTimeout, Duration timeout, Duration reasoningTimeout, int longestAnswer, Map<String, String> headers,
            ObjectNode provider, int reasoningHeadroom, Network network, int callsPerMinute, Map<String, Integer> modelCallsPerMinute, Dialect dialect) {

        public ChatRequest request() {
            return new ChatRequest(provider, reasoningHeadroom, dialect);
        }
    }

    /**
     * @param deadline    over all attempts of a prompt
     * @param longestWait a longer wait is not waited for
     * @param leaveFlex   whether what service tier flex has no room for is called at the standard one
     * @param publish     of a result that cannot be written: how often, {@code publishDelay} apart
     * @param costs       after which a cost event that was not acknowledged is sent again
     */
    public record Retries(Duration deadline, Duration backoff, Duration longestWait, boolean leaveFlex, int publish, Duration publishDelay, Duration costs) {
    }

    /**
     * @param tables        every model id in the tables that are in use
     * @param free          the free tier, best first
     * @param freeFallback  whether free models step in where there is no credit
     * @param branchTimeout of each model of a comparison, over its attempts
     * @param prices        all keys below {@code prices.}, with that prefix
     * @param aliases       names of models and what they stand for, as somebody has set them; shippedAliases, those of the jar
     * @param tasks         what a task's calls get, by its name
     */
    public record Models(Set<String> tables, List<String> fallbacks, List<String> free, boolean freeFallback, Duration branchTimeout,
            Map<String, String> prices, int priceJumpPercent, int expiryDays, Map<String, String> aliases, Map<String, String> shippedAliases,
            Map<String, TaskSettings> tasks) {
    }

    /** What is sent unless the request has its own, or the route of its strategy. @param maxTokens output cap */
    public record TaskSettings(BigDecimal temperature, int maxTokens) {
    }

    public PriceList prices(Catalogue catalogue) {
        return new PriceList(catalogue, models.prices, !service.dialect.has(Dialect.Trait.PRICES));
    }

    ModelAliases aliases(Catalogue catalogue) {
        return new ModelAliases(catalogue, models.aliases, models.shippedAliases, service.dialect::same);
    }

    /** @param unsure the confidence below which a task is not believed @param detector null where the other options are only looked at */
    public record Detection(double unsure, Map<String, List<String>> keywords, Detector detector) {
    }

    /** @param total what follows where a limit over everything is reached; {@code part}, a pipeline's, a tenant's or a model's */
    public record Budgets(Exhausted total, Exhausted part, boolean unknownPrices, boolean serverTools) {
    }

    /** What to do when a budget is exhausted. */
    public enum Exhausted { FREE, REJECT, PAUSE }

    /** @param creditBelow USD, below which an alert says so; null for never */
    public record Alarms(BigDecimal creditBelow, BigDecimal spikeFactor, BigDecimal spikeLeast) {
    }

    /**
     * Of batches.
     *
     * @param address   where they are
     * @param requests  in a batch, at most; {@code bytes}, of their requests
     * @param linger    after which one goes off that is not full
     * @param poll      until the first look at one; pollLongest, between two looks
     * @param lost      until one is looked for to whose submission no reply came
     * @param quota     until one is sent again for which there was no room; quotaLongest, until its prompts are not sent in batches any more
     * @param timeout   of an exchange with the service
     * @param live      whether what has no answer in a batch is called alone; else it has failed
     * @param rounds    batches that a prompt goes into again because of others in them
     * @param delete    whether the service is to forget a batch that has ended
     * @param fields    of requests, that may go
     * @param elsewhere why nothing may go to the service that is called, or null
     */
    public record Batching(String address, int requests, int bytes, Duration linger, Duration poll, Duration pollLongest, Duration lost, Duration quota, Duration quotaLongest,
            Duration timeout, boolean live, int rounds, boolean delete, Set<String> fields, String elsewhere) {
    }
}
