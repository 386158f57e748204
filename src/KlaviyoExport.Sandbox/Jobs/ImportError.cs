namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>Why a row of an accepted import failed.</summary>
internal sealed record ImportError(Guid Id, string Code, string Title, string Detail, string Pointer, byte[] OriginalPayload);
