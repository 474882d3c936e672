package dev.safe.spring;

import dev.safe.ExtensionCapability;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Puts our advice around everything else that advises an extension bean, so that it also contains what other advice
 * throws. Spring's processors for {@code @Async}, {@code @Retryable} and their like add their advice in front of all
 * others, whatever the order of ours. Our advice also stays where it was, since a panic on another thread, as with
 * {@code @Async}, does not reach the front. A panic that passes both is counted once.
 *
 * <p>Has no order, so that it runs after the processors that have one.
 *
 * @since 0.1
 */
public final class OutermostAdvice implements BeanPostProcessor {

    /** Creates the post-processor. */
    public OutermostAdvice() {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ExtensionCapability && bean instanceof Advised advised && !advised.isFrozen()) {
            Advisor[] advisors = advised.getAdvisors();
            for (int i = 1; i < advisors.length && !(advisors[0] instanceof ExtensionAdvisor); i++) {
                if (advisors[i] instanceof ExtensionAdvisor) {
                    advised.addAdvisor(0, advisors[i]);
                    return bean;
                }
            }
        }
        return bean;
    }
}
