using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Data;

internal sealed class InstallationKeyMapping : IEntityTypeConfiguration<InstallationKey>
{
    public void Configure(EntityTypeBuilder<InstallationKey> builder)
    {
        builder.ToTable("InstallationKeys");
        builder.HasKey(key => key.Name);
        builder.Property(key => key.Name).HasMaxLength(40);
    }
}
