package io.promptroutes.simulator;

/**
 * The text of a simulated answer: the same for the same prompt, model and cap. Immutable; ASCII, so that four letters are a token.
 *
 * @param finishReason {@code length} where the cap cut the text, else {@code stop}
 */
record Wording(String text, long tokens, String finishReason) {

    private static final int LETTERS_A_TOKEN = 4;

    private static final String[] SENTENCES = {
        " No model has read the prompt, because nothing of it left this machine.",
        " A real answer would take its place here, at the same length and the same price.",
        " The token counts and the cost are computed from the prompt and the price list.",
        " For example, a longer prompt costs more, and a free model costs nothing.",
        " Latency and faults follow the simulator's settings.",
        "\n- First, the request was checked as the real service checks it.",
        "\n- Then a timer ran for as long as an answer takes.",
        " Therefore this text says nothing about the quality of the model.",
    };

    static Wording of(ChatRequest request, Catalogue.Model model) {
        int hash = request.prompt().hashCode();
        StringBuilder text = new StringBuilder(600);
        text.append(request.json() ? "{\"simulated\":true,\"answer\":\"" : "")
                .append("[simulated] ")
                .append(model.id(), model.id().indexOf('/') + 1, model.id().length())
                .append(" answers prompt ")
                .append(Integer.toHexString(hash))
                .append('.');
        // two to seven sentences, never one twice
        int count = 2 + Math.floorMod(hash, 6);
        int first = Math.floorMod(hash >> 8, SENTENCES.length);
        for (int i = 0; i < count; i++) {
            String sentence = SENTENCES[(first + i) % SENTENCES.length];
            text.append(request.json() ? sentence.replace('\n', ' ') : sentence);
        }
        return cut(text.append(request.json() ? "\"}" : ""), request.maxTokens());
    }

    private static Wording cut(StringBuilder text, Long maxTokens) {
        int tokens = (text.length() + LETTERS_A_TOKEN - 1) / LETTERS_A_TOKEN;
        if (maxTokens == null || tokens <= maxTokens) {
            return new Wording(text.toString(), tokens, "stop");
        }
        text.setLength((int) (maxTokens * LETTERS_A_TOKEN));
        return new Wording(text.toString(), maxTokens, "length");
    }
}
