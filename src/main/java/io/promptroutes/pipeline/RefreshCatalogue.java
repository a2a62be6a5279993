package io.promptroutes.pipeline;

import io.promptroutes.call.Dialect;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueChanges;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.model.Model;
import io.promptroutes.model.ParkedModels;
import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the body of {@code GET /models} as the catalogue, keeps a copy on disk, and warns of what has changed for the models in
 * the tables. Thread-safe.
 *
 * @param configured the ids in the model tables that are in use
 * @param warned     what was said already; grows
 */
record RefreshCatalogue(Catalogue catalogue, Dialect dialect, CatalogueCopy copy, CatalogueChanges changes, ParkedModels parked, Set<String> configured,
        Set<String> warned, Clock clock) implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(RefreshCatalogue.class);

    @Override
    public synchronized void process(Exchange exchange) {
        if (!dialect.has(Dialect.Trait.PRICES)) {
            parked.clearGone(); // another's list has neither prices nor contexts
            return;
        }
        byte[] body = exchange.getMessage().getBody(byte[].class);
        List<Model> before = configured.stream().map(catalogue::find).flatMap(Optional::stream).toList();
        try {
            catalogue.refresh(body, clock.instant());
        } catch (IllegalArgumentException e) {
            save(copy.aside(), body);
            throw new IllegalArgumentException(e.getMessage() + " (it is kept in " + copy.aside().file() + "; moved to " + copy.file()
                    + " it counts from the next start on)", e);
        }
        parked.clearGone();
        warnOnce(changes.between(before, catalogue, LocalDate.now(clock.withZone(ZoneOffset.UTC))));
        warnOnce(configured.stream().filter(catalogue::gone)
                .map(model -> "model " + model + " of the tables in application.properties is not listed by OpenRouter and is tried only "
                        + "after all that are" + catalogue.successorOf(model).map(other -> "; perhaps use " + other).orElse(""))
                .toList());
        save(copy, body);
    }

    /** The list counts whether it can be written or not. */
    private static void save(CatalogueCopy to, byte[] body) {
        try {
            to.save(body);
        } catch (IOException e) {
            LOG.warn("the list of models cannot be written to {} ({}): let this user write there, or name another file with key catalogue.copy", to.file(), e.toString());
        }
    }

    private void warnOnce(List<String> messages) {
        messages.stream().filter(warned::add).forEach(LOG::warn);
    }
}
