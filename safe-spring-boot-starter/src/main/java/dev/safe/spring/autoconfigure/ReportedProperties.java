package dev.safe.spring.autoconfigure;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Provides the properties as they are now to Boot's {@code configprops} endpoint, which looks for beans of such types.
 * This is a factory because Spring Cloud binds the beans themselves again at each refresh, and warns that it cannot
 * bind a record.
 */
final class ReportedProperties implements FactoryBean<SafeProperties> {

    private final CurrentProperties properties;

    ReportedProperties(CurrentProperties currentSafeProperties) {
        properties = currentSafeProperties;
    }

    @Override
    public SafeProperties getObject() {
        return properties.properties();
    }

    @Override
    public Class<?> getObjectType() {
        return SafeProperties.class;
    }

    @Override
    public boolean isSingleton() {
        return false;
    }

    /**
     * Registers the factory under the name that Boot gives such beans. A bean method would not do, since Boot would
     * take its return type for that of the properties.
     */
    static final class Registrar implements ImportBeanDefinitionRegistrar {

        private static final String NAME = "safe-" + SafeProperties.class.getName();

        @Override
        public void registerBeanDefinitions(AnnotationMetadata importer, BeanDefinitionRegistry registry) {
            if (!registry.containsBeanDefinition(NAME)) {
                RootBeanDefinition definition = new RootBeanDefinition(ReportedProperties.class);
                definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
                // Otherwise each search by type would create the factory, and so bind the properties, to find out its
                // type.
                definition.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, SafeProperties.class);
                registry.registerBeanDefinition(NAME, definition);
            }
        }
    }
}
