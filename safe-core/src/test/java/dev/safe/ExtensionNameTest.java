package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** Names instances that have no name. */
class ExtensionNameTest {

    private static final class An_Extension_Whose_Name_Is_So_Long_That_It_Has_To_Be_Cut_Somewhere_Behind {}

    private static final class Ünïcode {}

    private static String nameOf(Class<?> type) {
        String name = ExtensionName.ofUnnamed(type);
        assertThat(ExtensionName.checked(name)).isSameAs(name);
        return name;
    }

    @Test
    void shouldNameByTheClassWithoutItsPackage() {
        assertThat(nameOf(TestExtension.class)).isEqualTo("unnamed.TestExtension");
        assertThat(nameOf(PolledGuard.quarantine().getClass())).isEqualTo("unnamed.QuarantinePolicy.Builder");
    }

    @Test
    void shouldNameAnonymousClassesByTheirNumber() {
        assertThat(nameOf(new Object() {}.getClass())).isEqualTo("unnamed.ExtensionNameTest.1");
    }

    @Test
    void shouldLeaveOutWhatTheJvmNumbersAnew() {
        Runnable one = () -> {};
        assertThat(nameOf(one.getClass())).isEqualTo("unnamed.ExtensionNameTest.Lambda");
        Object proxy = Proxy.newProxyInstance(
                Runnable.class.getClassLoader(), new Class<?>[] {Runnable.class}, (self, method, arguments) -> null);
        assertThat(nameOf(proxy.getClass())).isEqualTo("unnamed.Proxy");
    }

    @Test
    void shouldCutLongNamesAndLeaveOutCharactersThatNamesMayNotHave() {
        assertThat(nameOf(An_Extension_Whose_Name_Is_So_Long_That_It_Has_To_Be_Cut_Somewhere_Behind.class))
                .isEqualTo("unnamed.ExtensionNameTest.An_Extension_Whose_Name_Is_So_Long_Th");
        assertThat(nameOf(Ünïcode.class)).isEqualTo("unnamed.ExtensionNameTest.n.code");
    }
}
