// Names that the bundler provides.
declare const __APP_VERSION__: string;
