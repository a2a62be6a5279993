package io.promptroutes.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of signs: what is added up in another one is another figure, in another process. */
class SignsTest {

    @Test
    void signsComeInTheSameOrderInEachProcess() {
        List<String> found = new ArrayList<>();
        Signs.find("```\nError: </a> \\frac == __ *\n\tat x", found::add);
        assertThat(found).startsWith("[code-fence]", "[stack-trace]", "[error]", "[markup]", "[latex]", "[code-operator]", "[blank]", "[stars]");
    }
}
