package io.promptroutes.prompt;

import java.util.List;
import java.util.Map;

/**
 * The strategy of a request and the models that it names.
 *
 * @param model  null unless the strategy is explicit and the request names one
 * @param models empty unless the strategy is explicit
 * @param notes  which names were ignored
 */
record ModelWish(Strategy strategy, String model, List<String> models, List<String> notes) {

    static ModelWish of(Fields fields) throws InvalidPrompt {
        String model = fields.name("model");
        List<String> models = fields.names("models");
        boolean named = model != null || !models.isEmpty();
        Strategy strategy = fields.choice("strategy", Strategy.class, named ? Strategy.EXPLICIT : Strategy.SMART, Map.of());
        if (strategy != Strategy.EXPLICIT) {
            return new ModelWish(strategy, null, List.of(), named ? List.of(ignored(strategy, model, models)) : List.of());
        }
        if (!named) {
            throw fields.invalid("strategy explicit needs model or models");
        }
        return new ModelWish(strategy, model == null ? null : model.strip(), models.stream().map(String::strip).toList(), List.of());
    }

    private static String ignored(Strategy strategy, String model, List<String> models) {
        String what = model == null ? "models" : models.isEmpty() ? "model " + model : "model " + model + " and models";
        return what + " ignored: strategy is " + strategy;
    }
}
