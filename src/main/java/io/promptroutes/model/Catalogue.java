package io.promptroutes.model;

import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.function.Uncheck;

/**
 * The models that OpenRouter offers, with their prices and limits: the copy in the jar until a fetched list takes its place.
 * Thread-safe: a list is exchanged whole, and each question is answered from one list. The jar's copy is read at the first question.
 */
public final class Catalogue {

    /** Null until a list was fetched, or taken from an earlier run. */
    private volatile Snapshot snapshot;

    private Catalogue() {
    }

    public static Catalogue shipped() {
        return new Catalogue();
    }

    /**
     * Takes a body of {@code GET /models} in place of what there is. Rows that cannot be read are left out.
     *
     * @param live false for a copy that was kept from an earlier run
     * @throws IllegalArgumentException for a body without a readable row; what there was stays
     */
    public void replace(byte[] modelsJson, Instant fetchedAt, boolean live) {
        snapshot = Snapshot.read(modelsJson, Objects.requireNonNull(fetchedAt), live);
    }

    /**
     * The same of what OpenRouter has answered just now, unless it has less than half of the models that there are: so many do not go at once.
     *
     * @throws IllegalArgumentException also for such a list
     */
    public void refresh(byte[] modelsJson, Instant fetchedAt) {
        Snapshot read = Snapshot.read(modelsJson, fetchedAt, true);
        if (2 * read.models().size() < all().size()) {
            throw new IllegalArgumentException("a list of " + read.models().size() + " models, where there were " + all().size() + ", is not believed");
        }
        snapshot = read;
    }

    /** By id, else by canonical slug, whatever the case, else without a variant that only asks for another routing ({@code :nitro}). */
    public Optional<Model> find(String idOrSlug) {
        return idOrSlug == null ? Optional.empty() : Optional.ofNullable(current().find(idOrSlug));
    }

    /**
     * The ids that a name of a request may stand for: a listed one whatever its case, or of a name without its author ({@code gpt-5}) each base
     * id that ends in it, with the name's suffix; the name itself where nothing of it is listed.
     */
    public List<String> named(String name) {
        return current().named(name);
    }

    /**
     * Whether an answer that names {@code served} came from the model that was asked for: variants, dates, an alias and the
     * order of the words in a dated slug make no difference. A router ({@code openrouter/free}) is no model: whatever it picks is another.
     */
    public boolean sameModel(String requested, String served) {
        if (requested == null || served == null) {
            return false;
        }
        Snapshot now = current();
        Model wanted = now.resolve(requested);
        Model got = now.resolve(served);
        if (wanted != null && got != null) {
            return wanted.canonicalSlug().equals(got.canonicalSlug());
        }
        return !Collections.disjoint(families(requested, wanted), families(served, got));
    }

    /** The one id for whatever a model is called by: variants, dates and aliases make no difference. */
    public String plain(String name) {
        Snapshot now = current();
        Model model = now.resolve(name);
        Model base = model == null ? null : now.find(model.canonicalSlug());
        return base != null ? base.id() : ModelNames.undated(name);
    }

    private static Set<String> families(String name, Model model) {
        Stream<String> names = model == null ? Stream.of(name) : Stream.of(name, model.id(), model.canonicalSlug());
        return names.map(ModelNames::family).collect(Collectors.toSet());
    }

    /**
     * Whether the list offers it for a chat under this name. Batch prices are no offer, and aliases are left to those who ask for one
     * by name: an alias moves to another model, at another price, without notice.
     */
    public boolean callable(String id) {
        return find(id).filter(model -> !ModelNames.batch(model.id()) && !ModelNames.alias(model.id())).isPresent();
    }

    /**
     * The listed model of the same author whose name is nearest to one that is not listed any more: a hint for people, never taken by
     * itself. A free model is succeeded by a free one alone: nobody is to be led into paying.
     */
    public Optional<String> successorOf(String missing) {
        boolean free = missing.endsWith(":free");
        return all().stream()
                .filter(model -> callable(model.id()) && model.price().free() == free)
                .map(Model::id)
                .filter(id -> ModelNames.author(id).equals(ModelNames.author(missing)) && ModelNames.likeness(missing, id) > 0)
                // of several the one with the highest version, which sorts last
                .max(Comparator.<String>comparingDouble(id -> ModelNames.likeness(missing, id)).thenComparing(Comparator.naturalOrder()))
                .or(() -> free ? find("openrouter/free").map(Model::id) : Optional.empty());
    }

    /** Whether a call of it costs nothing: by its name, or by its price. */
    public boolean free(String id) {
        return id.endsWith(":free") || id.equals("openrouter/free") || find(id).map(model -> model.price().free()).orElse(false);
    }

    /** Whether {@code id} asks less for an output token than {@code than}; true where either price is not known. */
    public boolean cheaper(String id, String than) {
        BigDecimal mine = find(id).map(model -> model.price().completion()).orElse(null);
        BigDecimal other = find(than).map(model -> model.price().completion()).orElse(null);
        return mine == null || other == null || mine.compareTo(other) < 0;
    }

    public List<Model> all() {
        return current().models();
    }

    /** True once the list was fetched from OpenRouter in this run: only then does a missing id mean that a model is gone. */
    public boolean live() {
        return current().live();
    }

    /** Whether OpenRouter has it no more, as far as its list tells: a preset is in none. */
    public boolean gone(String id) {
        return live() && !id.contains("@preset/") && find(id).isEmpty();
    }

    public Instant asOf() {
        Snapshot now = snapshot;
        return now != null ? now.asOf() : Snapshot.date(Shipped.AS_OF);
    }

    private Snapshot current() {
        Snapshot now = snapshot;
        return now != null ? now : Shipped.Models.READ;
    }

    /** Each part is read when it is first asked for: the models take long, and a copy of an earlier run is newer nearly always. */
    private static final class Shipped {

        static final String AS_OF = Json.text(json(), "as_of");

        private static byte[] json() {
            return Uncheck.get(() -> IOUtils.resourceToByteArray("/io/promptroutes/models.json"));
        }

        private static final class Models {
            static final Snapshot READ = Snapshot.read(json(), null, false);
        }
    }
}
