namespace KlaviyoExport.Data;

/// <summary>Somebody else changed the same thing since the person began; nothing was saved.</summary>
public sealed class ChangedMeanwhileException() : LocalizedException(new LocalizedMessage("Data.ChangedMeanwhile"));
