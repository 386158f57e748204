namespace KlaviyoExport.Data;

/// <summary>The store cannot be used as it is. The message says what to do, to whoever starts the product.</summary>
public sealed class StoreFaultException(string message, Exception? inner = null) : Exception(message, inner);
