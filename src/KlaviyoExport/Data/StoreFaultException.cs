namespace KlaviyoExport.Data;

/// <summary>
/// Thrown when the store cannot be used in its present state. The message tells the person who starts the product what to do.
/// </summary>
public sealed class StoreFaultException(string message, Exception? inner = null) : Exception(message, inner);
