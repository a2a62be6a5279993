import java.io.InputStream;
import java.net.URI;

/** {@code java Get URL} prints what is there; saves the benchmark from needing curl. */
public final class Get {
    public static void main(String[] args) throws Exception {
        try (InputStream in = URI.create(args[0]).toURL().openStream()) {
            in.transferTo(System.out);
        }
        System.out.println();
    }
}
