namespace KlaviyoExport.Data;

/// <summary>Thrown when another person changed the same item after this person opened it. Nothing was saved.</summary>
public sealed class ChangedMeanwhileException() : LocalizedException(new LocalizedMessage("Data.ChangedMeanwhile"));
