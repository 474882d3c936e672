// Spring Boot Admin loads each .js file as a classic script. This one loads the view, which is made of modules.
import(new URL("view/main.mjs", document.currentScript.src));
