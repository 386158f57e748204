namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>Why one row of an accepted import failed all the same.</summary>
internal sealed record ImportError(Guid Id, string Code, string Title, string Detail, string Pointer, byte[] OriginalPayload);
